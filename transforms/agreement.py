"""Agreement: what the sources of one cell say together, and what becomes of it when they disagree (mission M6).

Each source speaks with one code: the worst of its components, or the bucket of their share. Sources that face the same
side are compared first, then both sides. A disagreement is held, or settled by the profile's rule and then registered.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from profiles.codes import HoldReason, Side
from profiles.tables import Settlement, StatusCode
from transforms.records import HealthRecord
from transforms.tables import Observed, Tables


@dataclass(frozen=True, slots=True)
class Verdict:
    """The code that a cell reads as, why it may not be shown, what the profile settled, and the rules that did."""

    code: StatusCode | None
    reasons: tuple[HoldReason, ...] = ()
    settled: tuple[HoldReason, ...] = ()
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Word:
    """One code, of the source of highest authority among those who say it."""

    source: str
    code: StatusCode


def agree(tables: Tables, here: Iterable[Observed]) -> Verdict:
    """What the mapped observations of one cell come to."""
    said = [o for o in here if o.row and isinstance(o.record, HealthRecord)]
    rules = tables.profile.status.conflicts
    sides, rows = {}, []
    verdicts: list[tuple[HoldReason, Settlement]] = []
    for side in Side:
        words, used = _words(tables, [o for o in said if _faces(o, side)])
        rows += used
        if len({word.code for word in words}) > 1:
            verdicts.append((HoldReason.SOURCE_CONFLICT, rules.same_side))
        if words:
            sides[side] = _settled(tables, words, rules.same_side)
    if len({word.code for word in sides.values()}) > 1 and not any(rule == "hold" for _, rule in verdicts):
        verdicts.append((HoldReason.TIMING_DISAGREEMENT, rules.sides))
    held = tuple(dict.fromkeys(reason for reason, rule in verdicts if rule == "hold"))
    settled = [(reason, rule) for reason, rule in verdicts if rule != "hold"]
    return Verdict(
        code=_settled(tables, sides.values(), rules.sides).code if sides and not held else None,
        reasons=held,
        settled=tuple(dict.fromkeys(reason for reason, _ in settled)),
        rows=(*dict.fromkeys(rows), *dict.fromkeys(f"conflicts:{rule}" for _, rule in settled)),
    )


def _faces(observed: Observed, side: Side) -> bool:
    return isinstance(observed.record, HealthRecord) and observed.record.side is side


def _settled(tables: Tables, words: Iterable[_Word], rule: Settlement) -> _Word:
    """The word that counts; where all agree, any rule gives the same."""
    if rule == "authority":
        order = list(tables.sources)
        return min(words, key=lambda word: order.index(word.source))
    return max(words, key=lambda word: word.code.rank)


def _words(tables: Tables, said: list[Observed]) -> tuple[list[_Word], list[str]]:
    """What each source of one side says of the cell, and the share buckets that spoke."""
    ranks: dict[str, dict[str, StatusCode]] = {}
    for o in said:
        if o.row and isinstance(o.record, HealthRecord):
            components = ranks.setdefault(o.record.ref.source, {})
            code, known = tables.status_codes[o.row.code], components.get(o.record.component)
            components[o.record.component] = code if known is None or code.rank > known.rank else known
    spoken = {source: _aggregate(tables, components) for source, components in ranks.items()}
    return [_Word(source, code) for source, (code, _) in spoken.items()], [
        row for _, rows in spoken.values() for row in rows
    ]


def _aggregate(tables: Tables, components: Mapping[str, StatusCode]) -> tuple[StatusCode, tuple[str, ...]]:
    """The code of a source's components together, never worse than the worst of them."""
    worst = max(components.values(), key=lambda code: code.rank)
    share = 100 * sum(code.rank > 0 for code in components.values()) // len(components)
    reached = [row for row in tables.profile.status.shares if row.at_least <= max(share, 1)]
    if worst.rank == 0 or not reached:
        return worst, ()
    row = max(reached, key=lambda row: row.at_least)
    bucket = tables.status_codes[row.code]
    return (bucket, (row.id,)) if bucket.rank < worst.rank else (worst, ())
