"""`/bridgepkg …`: the text of a command to a typed request, and the table of what there is. Pure."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from blocks import say


@dataclass(frozen=True, slots=True)
class Command:
    """One word that people can type: what may follow it, and what it does in one line.

    Where `closed` words are given, only they may follow the words that must. `bridge` says whether the name of one may
    stand first, which an incident with several bridges needs.
    """

    name: str
    usage: str
    does: str
    least: int = 0
    most: int = 0
    first: bool = False
    closed: tuple[str, ...] = ()
    bridge: bool = True


COMMANDS: Final = (
    Command("draft", "draft", "read the sources and draft the next update", first=True),
    Command("status", "status", "what stands here, what is due, who is waited for", first=True),
    Command("hold", "hold", "hold a part of the current draft", first=True),
    Command("diff", "diff [from] [to]", "what the customer reads differently", most=2, first=True),
    Command("release", "release", "post the approved draft, if it did not post by itself", first=True),
    Command(
        "withdraw", "withdraw [N] [reason]", "take back the last message or version N, at once", most=99, first=True
    ),
    Command(
        "open",
        "open KEY BRIDGE [override]",
        "tie this channel to an incident and a customer",
        least=2,
        most=3,
        closed=("override",),
        bridge=False,
    ),
    Command("ack", "ack", "draft the first acknowledgement to the customer"),
    Command("preview", "preview", "exactly what the customer would read"),
    Command("holds", "holds", "what is held, since when, and who can resolve it"),
    Command("exceptions", "exceptions", "what blocks a release, and who decides"),
    Command(
        "place",
        "place [LABEL=VALUE WHERE | list | end N]",
        "say what unplaced alerts belong to, or that they are unrelated",
        most=99,
    ),
    Command(
        "lineage", "lineage FIELD [N]", "where a field comes from, in the newest draft or version N", least=1, most=2
    ),
    Command("manifest", "manifest [N]", "the signed statement of a version", most=1),
    Command("history", "history", "what was shared when, and what was withheld"),
    Command("trace", "trace [N]", "the four stages of a draft", most=1),
    Command("close", "close [anyway]", "the incident is over; the last message says so", most=1, closed=("anyway",)),
    Command("reopen", "reopen", "go on after all"),
    Command("help", "help [more]", "this list; or one word of it", most=1, bridge=False),
)

BY_NAME: Final = {command.name: command for command in COMMANDS}


@dataclass(frozen=True, slots=True)
class Typed:
    """A command as it was typed, known and with a fitting number of words."""

    name: str
    words: tuple[str, ...] = ()
    bridge: str = ""


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Why a text is no command, and what comes nearest; nothing is silently ignored."""

    sentence: str


def parse(text: str, bridges: Collection[str] = ()) -> Typed | NotUnderstood:
    """The command in a text, with the bridge that it names, if one of these. A text without a command is the menu."""
    words = text.split()
    named = [word.lower() if word.lower() in bridges else "" for word in words[:2]]
    if not words or (len(words) == 1 and named[0] and named[0] not in BY_NAME):
        return Typed("menu", bridge="".join(named))
    command = BY_NAME.get(words[0].lower())
    if command is None:
        return NotUnderstood(nearest(words[0]))
    bridge = named[1] if command.bridge and len(named) > 1 else ""
    given = tuple(words[2:] if bridge else words[1:])
    beside = [word for word in given[command.least :] if command.closed and word.lower() not in command.closed]
    if beside or not command.least <= len(given) <= command.most:
        return NotUnderstood(_usage(command, bridges))
    return Typed(command.name, given, bridge)


def _usage(command: Command, bridges: Collection[str]) -> str:
    """How a command is written; where there are several bridges, one may be named right after it."""
    several = command.bridge and len(bridges) > 1
    return say.commands.written_like(command.name, command.usage, bridges if several else ())


_VERSION: Final = re.compile(r"[vV#]?([0-9]{1,9})[,:.]?")


def named_version(words: tuple[str, ...]) -> tuple[int | None, tuple[str, ...]]:
    """The version that words begin with (`3`, `v3`, `#3`, `version 3`), if with one, and the words after it."""
    rest = words[1:] if words and words[0].lower() in {"v", "version"} else words
    named = _VERSION.fullmatch(rest[0]) if rest else None
    return (int(named[1]), rest[1:]) if named else (None, words)


def nearest(word: str) -> str:
    """What a word that nobody knows may have meant."""
    near = get_close_matches(word.lower(), BY_NAME, 1, 0.5)
    return say.commands.unknown_word(word, BY_NAME[near[0]].usage if near else "")
