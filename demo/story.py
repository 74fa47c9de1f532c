"""The stage on which autoplay plays: people who type, click and see, and the transcript of what came of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from demo.running import Demo, wait_until
from sandbox.people import Outcome, Person

SECONDS: Final = 60.0
INCIDENT, BRIDGE, SECURITY_REVIEW, ACCOUNT_REVIEW = "C0INC1042", "C0ACME", "C0REVSEC", "C0REVACC"
CHANNEL_NAMES: Final = {
    INCIDENT: "#inc-1042",
    BRIDGE: "#bridge-acme",
    SECURITY_REVIEW: "#review-security",
    ACCOUNT_REVIEW: "#review-accounts",
}
CAST: Final = {
    "Kim": ("U0KIM", "commander"),
    "Sam": ("U0SAM", "security"),
    "Lee": ("U0LEE", "support lead"),
    "Jo": ("U0JO", "legal"),
    "Ana": ("U0ANA", "account lead"),
    "Vic": ("U0VIC", "leadership"),
    "Cara": ("U0CARA", "customer"),
}
REVIEWERS: Final = (("Sam", SECURITY_REVIEW), ("Kim", INCIDENT), ("Ana", ACCOUNT_REVIEW))


class StepFailedError(Exception):
    """A step did not come out as the story says."""


@dataclass
class Story:
    """The play in progress: who acts, what they see, and the lines of the transcript."""

    demo: Demo
    say_line: Callable[[str], None]
    people: dict[str, Person] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)
    outdated: str = ""
    """What the approve button of a draft carried that another has replaced since."""

    def __post_init__(self) -> None:
        self.people = {name: Person(self.demo.url, user) for name, (user, _) in CAST.items()}

    def tell(self, text: str) -> None:
        """Lines under the present step."""
        for line in text.splitlines():
            self.say_line(f"      {line}".rstrip())

    def expect(self, holds: bool, what: str) -> None:
        """A fact that the story needs."""
        if not holds:
            raise StepFailedError(what)

    def until(self, holds: Callable[[], Any], what: str) -> Any:
        """Wait for something to come true and give it; the step fails when it does not."""
        found: list[Any] = []

        def seen() -> bool:
            found[:] = [holds()]
            return bool(found[0])

        if not wait_until(seen, SECONDS):
            raise StepFailedError(what)
        return found[0]

    def command(self, name: str, words: str) -> str:
        """Type a command in the incident channel and wait for the answer."""
        self.tell(f"{name} ({CAST[name][1]}) types in {CHANNEL_NAMES[INCIDENT]}: /bridgepkg {words}".rstrip())
        return self._answered(name, INCIDENT, lambda: self.people[name].say(INCIDENT, f"/bridgepkg {words}".rstrip()))

    def press(self, name: str, channel: str, action: str, words: str, **how: Any) -> str:
        """Click a button on the newest card of a channel, answer its question with yes, and wait for the answer."""
        self.tell(f"{name} ({CAST[name][1]}) clicks [{words}] in {CHANNEL_NAMES[channel]}")
        person = self.people[name]
        return self._answered(name, channel, lambda: person.click(action, channel=channel, confirmed=True, **how))

    def _answered(self, name: str, channel: str, act: Callable[[], Outcome]) -> str:
        person = self.people[name]
        before = len(person.ephemerals(channel))
        outcome = act()
        self.expect(outcome.ok, f"Slack took the click or command of {name} (it said: {outcome.error})")

        def newest() -> str:
            heard = person.ephemerals(channel)
            return str(heard[-1]["text"]) if len(heard) > before else ""

        answer = str(self.until(newest, f"an answer to {name}"))
        self.tell(f"  {name} reads: {_first_lines(answer)}")
        return answer

    def bridge(self) -> list[dict[str, Any]]:
        """The bridge channel as the customer sees it."""
        return self.people["Cara"].messages(BRIDGE)

    def texts(self) -> list[str]:
        """The texts in the bridge channel."""
        return [message["text"] for message in self.bridge()]

    def approvable(self, version: int) -> None:
        """Wait until every reviewer has the card of a version with its Approve button."""

        def ready() -> bool:
            cards = [self.card(name, channel) for name, channel in REVIEWERS]
            return all(f"of version {version} ·" in c["text"] and button_value(c, "review_approve") for c in cards)

        self.until(ready, f"three cards that ask to approve version {version}")

    def card(self, name: str, channel: str, draft: str = "draft ") -> dict[str, Any]:
        """The newest card in a channel, or the one of a draft; waits until it is there."""

        def found() -> dict[str, Any] | None:
            cards = [m for m in self.people[name].messages(channel) if _is_card(m)]
            return next((m for m in reversed(cards) if f" · {draft}" in m["text"].partition("\n")[0]), None)

        card: dict[str, Any] = self.until(found, f"the card of {draft} in {CHANNEL_NAMES[channel]}")
        return card

    def show_bridge(self) -> None:
        """Print what the customer now reads; a message that reads as before in one line."""
        self.tell(f"{CHANNEL_NAMES[BRIDGE]} now shows the customer:")
        for message in self.bridge():
            text = message["text"]
            known = self.shown.get(message["ts"])
            notice = text.removesuffix(known or "").strip()
            if known == text:
                self.tell(f"  │ {text.splitlines()[0]} … as before")
            elif known and text.endswith(known):
                self.tell(f"  │ {notice} {known.splitlines()[0]} … as before")
            else:
                self.tell("\n".join(f"  │ {line}" for line in text.splitlines()))
            self.tell("  ╵")
            self.shown[message["ts"]] = text

    def show_cards(self, draft: str) -> None:
        """Print how the cards of a draft stand in each review channel."""
        for name, channel in REVIEWERS:
            first = self.card(name, channel, draft)["text"].partition("\n")[0]
            self.tell(f"{CHANNEL_NAMES[channel]} shows: {first}")


def _is_card(message: dict[str, Any]) -> bool:
    """Whether a message is a review card, and not a line about one."""
    return any(block.get("block_id") == "card-title" for block in message.get("blocks", ()))


def _first_lines(text: str, most: int = 14) -> str:
    lines = text.replace("`", "").splitlines()
    more = f"\n     … {len(lines) - most} more lines" if len(lines) > most else ""
    return "\n     ".join(lines[:most]) + more


def elements(message: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """The buttons of a message."""
    for block in message.get("blocks", ()):
        yield from (e for e in block.get("elements", ()) if e.get("type") == "button")


def values_of(message: dict[str, Any], action: str) -> list[str]:
    """The values of every button with this id."""
    return [e["value"] for e in elements(message) if e.get("action_id") == action]


def button_value(message: dict[str, Any], action: str) -> str:
    """The value of the first button with this id, or nothing."""
    return next(iter(values_of(message, action)), "")


def button_words(message: dict[str, Any]) -> str:
    """What the buttons say."""
    return " ".join(str(e["text"]["text"]) for e in elements(message))


def section_words(message: dict[str, Any]) -> str:
    """What the sections say."""
    return " ".join(str(block.get("text", {}).get("text", "")) for block in message.get("blocks", ()))
