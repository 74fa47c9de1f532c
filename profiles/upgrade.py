"""What a profile leaves out and takes from the shipped one, so that older profiles are still read.

Two rules. 1. In a list or a block that a profile has, a hold reason, an exception or a text without a row of its own
takes the shipped row. A whole block that is missing is refused as before: it is hardly meant. 2. `bridgepkg.profile/1`
also takes what that schema did not have. Whoever approves a profile approves the completed one, because its digest is
made of it; `profile lint` names all that was taken.

It works on the document as YAML gave it, before any type has seen it: what does not fit passes through, and the types
say so. New rows are appended, so that every place in the file keeps its path.
"""

import copy
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from profiles.codes import ACCOUNT_LEADERSHIP, INCIDENT_COMMAND
from profiles.models import SCHEMA

OLDER: Final = "bridgepkg.profile/1"
"""The schema before this one. It is read, and never written again."""


Path = tuple[str, ...]
"""The keys and the codes that lead to something."""


class Completed(NamedTuple):
    """A document with all that it takes from the shipped profile, and where that stands."""

    data: Any
    taken: tuple[Path, ...] = ()


def completed(data: Any, shipped: dict[str, Any]) -> Completed:
    """The document as it counts; `shipped` is the shipped profile's."""
    if not isinstance(data, dict):
        return Completed(data)
    found = copy.deepcopy(data)
    older = tuple(_upgraded(found, shipped)) if found.get("schema") == OLDER else ()
    rows = (*_rows(found, shipped, "reasons", "reason"), *_rows(found, shipped, "register", "code"))
    return Completed(found, (*older, *rows, *_texts(found, shipped)))


def _rows(found: dict[str, Any], shipped: dict[str, Any], part: str, name: str) -> Iterator[Path]:
    """A closed list that grows with bridgepkg: what has no row takes the shipped one."""
    if not isinstance(found.get(part), list):
        return
    own = {row.get(name) for row in _mappings(found, part)}
    for row in shipped[part]:
        if row[name] not in own:
            found[part].append(copy.deepcopy(row))
            yield (part, row[name])


def _texts(found: dict[str, Any], shipped: dict[str, Any]) -> Iterator[Path]:
    for path, texts in _blocks(shipped):
        block: Any = found
        for step in path:
            block = block.get(step) if isinstance(block, dict) else None
        for key in texts if isinstance(block, dict) else ():
            if key not in block:
                block[key] = texts[key]
                yield (*path, key)


def _blocks(data: dict[str, Any]) -> Iterator[tuple[Path, dict[str, str]]]:
    """The blocks of fixed words, each with its texts."""
    for part, block in ((("notices",), data.get("notices")), *_groups(data)):
        if isinstance(block, dict):
            yield part, {key: text for key, text in block.items() if isinstance(text, str)}


def _groups(data: dict[str, Any]) -> Iterator[tuple[Path, Any]]:
    phrases = data.get("phrases")
    for group, block in phrases.items() if isinstance(phrases, dict) else ():
        yield ("phrases", group), block


def _upgraded(found: dict[str, Any], shipped: dict[str, Any]) -> Iterator[Path]:
    """What `bridgepkg.profile/1` did not have."""
    found["schema"] = SCHEMA
    for part in ("languages", "commitments"):
        if part not in found:
            found[part] = copy.deepcopy(shipped[part])
            yield (part,)
    yield from _confirming(found, shipped)
    yield from _acknowledged(found)
    yield from _watched(found, shipped)
    yield from _incident(found)
    yield from _restored(found)
    yield from _reworded(found, shipped)


def _confirming(found: dict[str, Any], shipped: dict[str, Any]) -> Iterator[Path]:
    known = {row["reason"]: row["confirming"] for row in shipped["reasons"] if "confirming" in row}
    for row in _mappings(found, "reasons"):
        if row.get("reason") in known and "confirming" not in row:
            row["confirming"] = known[row["reason"]]
            yield ("reasons", row["reason"], "confirming")


OLDER_GATES: Final = [{"role": ACCOUNT_LEADERSHIP}]
NEWER_GATES: Final = [{"role": INCIDENT_COMMAND}]
"""Who approved the first notice as `bridgepkg.profile/1` shipped, who may be asleep, and who is awake by then."""


def _acknowledged(found: dict[str, Any]) -> Iterator[Path]:
    """The shipped default alone moves; a gate that the house chose stays (promise P12)."""
    notice = found.get("acknowledgement")
    if isinstance(notice, dict) and notice.get("gates") == OLDER_GATES:
        notice["gates"] = copy.deepcopy(NEWER_GATES)
        yield ("acknowledgement", "gates")


WORST_RANK: Final = 99


def _watched(found: dict[str, Any], shipped: dict[str, Any]) -> Iterator[Path]:
    """A code for "working again, we are watching it" between well and every trouble, whose ranks make room for it."""
    codes = _mappings(found, "status", "codes")
    ranks = {rank for code in codes if isinstance(rank := code.get("rank"), int)}
    if "all_clear" in found or 0 not in ranks or max(ranks) >= WORST_RANK:
        return
    for code in codes if 1 in ranks else ():
        if isinstance(code.get("rank"), int) and code["rank"] > 0:
            code["rank"] += 1
    name = _free_code(shipped["all_clear"]["code"], {code.get("code") for code in codes})
    row = next(code for code in shipped["status"]["codes"] if code["code"] == shipped["all_clear"]["code"])
    found["status"]["codes"].append(row | {"code": name, "rank": 1})
    found["all_clear"] = shipped["all_clear"] | {"code": name}
    yield from (("status", "codes", name), ("all_clear",))


def _free_code(wanted: str, used: set[Any]) -> str:
    names = (wanted, *(f"SC{number}" for number in range(4, 100)))
    return next((name for name in names if name not in used), wanted)


STATES: Final = {
    "triggered": "open",
    "acknowledged": "open",
    "open": "open",
    "active": "open",
    "investigating": "open",
    "identified": "open",
    "mitigated": "watched",
    "monitoring": "watched",
    "resolved": "resolved",
    "postmortem": "resolved",
    "closed": "resolved",
}
"""How incident systems spell how an incident stands. What is not here counts as open."""


def _incident(found: dict[str, Any]) -> Iterator[Path]:
    """`bridgepkg.profile/1` knew no state of an incident: the words of the systems that ship with a preset."""
    sources = [one.get("name") for one in _mappings(found, "sources") if one.get("kind") == "incident"]
    if "incident" in found or not sources:
        return
    pairs = [(source, value) for source in sources for value in STATES]
    rows = [
        {"id": f"IN-{number}", "source": source, "value": value, "state": STATES[value]}
        for number, (source, value) in enumerate(pairs, 1)
    ]
    found["incident"] = {"rows": rows}
    yield ("incident",)


RESTORED: Final = re.compile(r"\b(?:restored|resolved)\b", re.IGNORECASE)
"""How a checkpoint's label or its raw value says that the service is whole again."""


def _restored(found: dict[str, Any]) -> Iterator[Path]:
    """A checkpoint that says "restored" waits until every side agrees: the flag can only make it be told later."""
    said = {
        row.get("code") for row in _mappings(found, "checkpoints", "rows") if RESTORED.search(str(row.get("value")))
    }
    for code in _mappings(found, "checkpoints", "codes"):
        if "restored" not in code and (code.get("code") in said or RESTORED.search(str(code.get("label")))):
            code["restored"] = True
            yield ("checkpoints", "codes", str(code.get("code")), "restored")


RETIRED: Final = {
    "headline": ("state_in_regions", "version"),
    "timeline": ("heading",),
    "hold": ("heading",),
    "footer": ("replaces",),
}
"""Texts of `bridgepkg.profile/1` whose place is no longer in the message."""

_PLACE: Final = re.compile(r"\{([a-z]+)\}")


def _reworded(found: dict[str, Any], shipped: dict[str, Any]) -> Iterator[Path]:
    """A text stays where the message still fills the same places; one that has other places now is the shipped one."""
    groups = dict(_groups(found))
    for group, keys in RETIRED.items():
        block = groups.get(("phrases", group))
        if isinstance(block, dict):
            _remove(block, keys)
    for path, texts in _blocks(found):
        known = dict(_blocks(shipped)).get(path, {})
        for key, text in texts.items():
            if key in known and _places(text) != _places(known[key]):
                _at(found, path)[key] = known[key]
                yield (*path, key)


def _remove(block: dict[str, Any], keys: Iterable[str]) -> None:
    for key in keys:
        block.pop(key, None)


def _places(text: str) -> set[str]:
    return set(_PLACE.findall(text))


def _at(data: Any, path: Path) -> Any:
    for step in path:
        data = data[step]
    return data


def _mappings(data: Any, *path: str) -> list[dict[str, Any]]:
    """The mappings of the list at a path; none where the document has something else there."""
    for step in path:
        data = data.get(step) if isinstance(data, dict) else None
    return [item for item in data if isinstance(item, dict)] if isinstance(data, list) else []
