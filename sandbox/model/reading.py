"""How far each person has read each channel, which is what unread marks are made of."""

NOTHING = "0"


class Reading:
    """The timestamp up to which a person has read a channel, and the channel that they read last."""

    def __init__(self) -> None:
        self._marks: dict[tuple[str, str], str] = {}
        self._last: dict[str, str] = {}

    def mark(self, user: str, channel: str) -> str:
        """The newest timestamp that this person has read."""
        return self._marks.get((user, channel), NOTHING)

    def last_channel(self, user: str) -> str | None:
        """Where a client opens again."""
        return self._last.get(user)

    def read(self, user: str, channel: str, ts: str) -> bool:
        """Note that a person has seen a channel up to `ts`; whether that is news. Nobody unreads anything."""
        is_news = float(ts) > float(self.mark(user, channel)) or self._last.get(user) != channel
        self._marks[user, channel] = max(ts, self.mark(user, channel), key=float)
        self._last[user] = channel
        return is_news

    def move(self, old_channel: str, new_channel: str) -> None:
        """Carry the marks over when a channel gets another id."""
        for user, channel in [key for key in self._marks if key[1] == old_channel]:
            self._marks[user, new_channel] = self._marks.pop((user, channel))
        self._last = {user: new_channel if channel == old_channel else channel for user, channel in self._last.items()}
