"""The Home tab: what waits for one person, what stands on every bridge, and when the next update is due.

Only that person sees it, yet it stays at support level: it is read on phones, over shoulders and in meetings.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from blocks.drawing import Block, clip, divider, home, lead, link, plain, small

FACT = 300
MOST_BRIDGES = 12
MOST_WAITING = 15


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that waits for this person, and where it is done."""

    text: str
    address: str | None = None


@dataclass(frozen=True, slots=True)
class BridgeLine:
    """One open bridge: whose, of which incident, in which channel, what stands there and what is on its way."""

    account: str
    incident: str
    channel_name: str
    stands: str
    on_the_way: tuple[str, ...] = ()


def home_view(tasks: Iterable[Task], bridges: Iterable[BridgeLine], now: datetime) -> Block:
    """The whole tab of a full member with a role."""
    return home([*_tasks([*tasks]), divider(), *_bridges([*bridges]), small(f"As it stood at {now:%H:%M} UTC.")])


def line_view(text: str) -> Block:
    """The tab of everybody else: one line, and nothing of any incident."""
    return home([plain(text)])


def _tasks(tasks: list[Task]) -> Iterator[Block]:
    yield lead("Waiting for you")
    if not tasks:
        yield plain("Nothing.")
    for task in tasks[:MOST_WAITING]:
        yield plain(clip(task.text, FACT))
        if task.address:
            yield link("Open the card", task.address)
    if len(tasks) > MOST_WAITING:
        yield small(f"… and {len(tasks) - MOST_WAITING} more.")


def _bridges(bridges: list[BridgeLine]) -> Iterator[Block]:
    yield lead("Open bridges")
    if not bridges:
        yield plain("None. In an incident's own channel: /bridgepkg open KEY BRIDGE")
    for bridge in bridges[:MOST_BRIDGES]:
        told = [bridge.stands, *bridge.on_the_way[-3:]]
        yield lead(f"{bridge.account} · {bridge.incident}")
        yield plain("\n".join(clip(text, FACT) for text in told))
        yield small(f"Worked in #{bridge.channel_name}")
    if len(bridges) > MOST_BRIDGES:
        yield small(f"… and {len(bridges) - MOST_BRIDGES} more: /bridgepkg status in their channels.")
