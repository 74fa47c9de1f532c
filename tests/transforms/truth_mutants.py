"""Twelve ways to make silence, or something that was dropped, good news: each is killed by `test_truth`."""

from typing import Final

from tests.transforms.mutant import Mutant, mutant

TRUTH: Final = "tests/transforms/test_truth.py"
HEARD, STATUS, UNPLACED = "transforms.render.heard", "transforms.render.status", "transforms.render.unplaced"
WORKAROUND, EVIDENCE, SLOTS = "transforms.render.workaround", "transforms.model.evidence", "transforms.render.slots"

MUTANTS: Final[tuple[Mutant, ...]] = (
    mutant("unplaced trouble bars nothing", STATUS, "if contradicted and not worst:", "if False:", TRUTH),
    mutant(
        "an item that became no record is dropped", UNPLACED, "for item in evidence.unplaced:", "for item in ():", TRUTH
    ),
    mutant(
        "a strange component is dropped",
        UNPLACED,
        "            yield Trouble(record, Unplaced.UNKNOWN_COMPONENT, bucket)",
        "            continue",
        TRUTH,
    ),
    mutant(
        "an alert of an unknown region is dropped",
        UNPLACED,
        "            yield Trouble(record, Unplaced.UNKNOWN_REGION, None, rests)",
        "            continue",
        TRUTH,
    ),
    mutant(
        "what an incomplete source does not say is good",
        HEARD,
        "        elif one.source in tables.incomplete:\n            yield HoldReason.SOURCE_INCOMPLETE\n",
        "",
        TRUTH,
    ),
    mutant(
        "one region speaks for its bucket",
        HEARD,
        "there if one.region else (one.source, one.component) in anywhere",
        "(one.source, one.component) in anywhere",
        TRUTH,
    ),
    mutant(
        "silence needs no sign of life",
        EVIDENCE,
        "        if sign and (cell.component",
        "        sign = sign or SignOfLife(ref=SourceRef(source=health.source, key='x', revision='x', changed_at=None,"
        " observed_at=health.fetched_at, fetched_at=health.fetched_at))\n        if (cell.component",
        TRUTH,
    ),
    mutant(
        "an incomplete tracker says none yet",
        WORKAROUND,
        "if not least and any(source in tables.incomplete for source in expected):",
        "if False:",
        TRUTH,
    ),
    mutant(
        "a value that no table maps is passed over",
        "transforms.render.tables",
        "if observed.row is None:",
        "if False:",
        TRUTH,
    ),
    mutant(
        "a hold takes away the reasons that were there",
        SLOTS,
        "reasons=tuple(dict.fromkeys((*reasons, *earlier.reasons))),",
        "reasons=reasons,",
        TRUTH,
    ),
    mutant(
        "a hold on one field ends the others",
        SLOTS,
        "    if not holds:\n        return slot\n",
        "    if not holds and not directives.holds:\n        return slot\n"
        "    if not holds and isinstance(slot.outcome, HeldSlot):\n"
        '        return replace(slot, outcome=Coded(code="SC0", words="operational", rank=0))\n'
        "    if not holds:\n        return slot\n",
        TRUTH,
    ),
    mutant(
        "the newest word counts instead of the worst",
        "transforms.render.agreement",
        "word = max(words, key=lambda word: word.code.rank, default=None)",
        "word = min(words, key=lambda word: word.code.rank, default=None)",
        TRUTH,
    ),
)
