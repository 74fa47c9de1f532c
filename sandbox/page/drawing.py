"""Screens to HTML. The templates are the only place where anything becomes markup, and escaping is always on."""

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from sandbox.page.fields import field_of, short_id
from sandbox.page.mrkdwn import unescape
from sandbox.page.reader import Reader
from sandbox.page.screen import Screen
from sandbox.page.traffic import Passage

TONES = 8
LONG_TEXT = 700
MANY_LINES = 12
REACTIONS = ("white_check_mark", "eyes", "raised_hands", "mega", "x")


def initials(name: str) -> str:
    """Two letters for an avatar."""
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"


def tone(name: str) -> int:
    """One of the avatar colours, always the same for a name."""
    return sum(map(ord, name)) % TONES


def is_long(text: str) -> bool:
    """Whether Slack would fold a section without `expand` behind "Show more"; where it does so is not documented."""
    return len(text) > LONG_TEXT or text.count("\n") >= MANY_LINES


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("sandbox.page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"initials": initials, "tone": tone, "is_long": is_long, "unescape": unescape}
    made.globals |= {"field_of": field_of, "short_id": short_id, "reactions_offered": REACTIONS}
    return made


ENVIRONMENT = _environment()


def draw(template: str, **given: Any) -> str:
    """One template as HTML."""
    return ENVIRONMENT.get_template(template).render(given)


def draw_page(screen: Screen, *, has_stage: bool) -> str:
    """The whole page of one person. The stage of the incident is only for those inside."""
    return draw("page.html", screen=screen, reader=screen.reader, has_stage=has_stage and not screen.is_bare)


def draw_screen(screen: Screen) -> str:
    """The part of the page that changes with the workspace."""
    return draw("screen.html", screen=screen, reader=screen.reader)


def draw_traffic(passages: tuple[Passage, ...], reader: Reader) -> str:
    """The rows of the traffic strip, with times in the reader's zone."""
    return draw("traffic.html", passages=passages, reader=reader)
