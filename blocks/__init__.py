"""Pure views for the people inside: cards, modals, answers and Home, as plain Block Kit dicts."""
