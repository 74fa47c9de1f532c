"""Agreement: what the sources of one cell say together, and what becomes of it when they disagree (mission M6).

Each source speaks with one code: the worst of its components, or the bucket of their share. Sources that face the same
side are compared first, then both sides. A disagreement is held, or settled by the profile's rule and then registered.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from profiles.codes import HoldReason, Side
from profiles.tables import Settlement, StatusCode
from transforms.model.records import HealthRecord
from transforms.render.tables import Observed, Tables


@dataclass(frozen=True, slots=True)
class Verdict:
    """The code that a cell reads as, why it may not be shown, what the profile settled, and the rules that did.

    `settled_from` is who said what where it was settled, and `said` where it may not be shown for it: reason, source or
    side, and code.
    """

    code: StatusCode | None
    reasons: tuple[HoldReason, ...] = ()
    settled: tuple[HoldReason, ...] = ()
    settled_from: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Word:
    """What one source, or one side, says of the cell, and the share bucket that made it so."""

    side: Side
    source: str
    code: StatusCode
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Step:
    """One comparison: the word that counts, and how the disagreement was dealt with if there was one."""

    words: tuple[_Word, ...]
    reason: HoldReason
    rule: Settlement
    word: _Word | None

    @property
    def torn(self) -> bool:
        """Whether the words disagree."""
        return len({word.code for word in self.words}) > 1

    @property
    def said(self) -> tuple[str, ...]:
        """Who said what: each source where sources of one side are compared, each side where sides are."""
        by_source = self.reason is HoldReason.SOURCE_CONFLICT
        return tuple(f"{word.source if by_source else word.side}:{word.code.code}" for word in self.words)

    @property
    def held(self) -> bool:
        """Whether nothing may be shown for it."""
        return self.torn and self.rule == "hold"


def agree(tables: Tables, here: Iterable[Observed]) -> Verdict:
    """What the mapped observations of one cell come to."""
    seen, rules = list(here), tables.profile.status.conflicts
    steps = [_step(tables, _words(tables, seen, side), HoldReason.SOURCE_CONFLICT, rules.same_side) for side in Side]
    if not any(step.held for step in steps):
        sides = tuple(step.word for step in steps if step.word)
        steps.append(_step(tables, sides, HoldReason.TIMING_DISAGREEMENT, rules.sides))
    held = tuple(dict.fromkeys(step.reason for step in steps if step.held))
    settled = [step for step in steps if step.torn and not step.held]
    buckets = (row for step in steps for word in step.words for row in word.rows)
    return Verdict(
        code=steps[-1].word.code if steps[-1].word and not held else None,
        reasons=held,
        settled=tuple(dict.fromkeys(step.reason for step in settled)),
        said=tuple(sorted(f"{step.reason}:{said}" for step in steps if step.held for said in step.said)),
        settled_from=tuple(sorted(f"{step.reason}:{said}" for step in settled for said in step.said)),
        rows=tuple(dict.fromkeys((*buckets, *(f"conflicts:{step.rule}" for step in settled)))),
    )


def _step(tables: Tables, words: tuple[_Word, ...], reason: HoldReason, rule: Settlement) -> _Step:
    """The words compared. Where all agree, any way to settle gives the same."""
    order = list(tables.sources)
    if rule == "authority":
        word = min(words, key=lambda word: order.index(word.source), default=None)
    else:
        word = max(words, key=lambda word: word.code.rank, default=None)
    return _Step(words, reason, rule, word)


def _words(tables: Tables, seen: Iterable[Observed], side: Side) -> tuple[_Word, ...]:
    """What each source of one side says of the cell."""
    said: dict[str, dict[str, StatusCode]] = {}
    for o in seen:
        if o.row and isinstance(o.record, HealthRecord) and o.record.side is side:
            components = said.setdefault(o.record.ref.source, {})
            code, known = tables.status_codes[o.row.code], components.get(o.record.component)
            components[o.record.component] = code if known is None or code.rank > known.rank else known
    return tuple(_Word(side, source, *_aggregate(tables, components)) for source, components in said.items())


def _aggregate(tables: Tables, components: Mapping[str, StatusCode]) -> tuple[StatusCode, tuple[str, ...]]:
    """The code of a source's components together, never worse than the worst of them."""
    worst = max(components.values(), key=lambda code: code.rank)
    share = 100 * sum(code.rank > 0 for code in components.values()) // len(components)
    reached = [row for row in tables.profile.status.shares if row.at_least <= max(share, 1)]
    row = max(reached, key=lambda row: row.at_least, default=None)
    if row and tables.status_codes[row.code].rank < worst.rank:
        return tables.status_codes[row.code], (row.id,)
    return worst, ()
