"""Not over-held: how much of what may be told is told, on the sample and on public incidents replayed by rule."""
