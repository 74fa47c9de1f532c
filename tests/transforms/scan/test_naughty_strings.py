"""P2, P4: five hundred strings that break programs, in every place that a source fills: nothing breaks or moves."""

from itertools import cycle

import orjson
import pytest

from tests.builders import (
    SHARED_DATA,
    make_draft,
    make_evidence,
    make_field_hold,
    make_health,
    make_timeline,
    make_workaround,
    rebuilt,
    with_records,
)
from tests.transforms.reading import reasons
from transforms.model.records import HealthRecord, Record, TimelineRecord, Withheld, WorkaroundRecord

LIST = SHARED_DATA / "blns" / "blns.json"
pytestmark = pytest.mark.skipif(not LIST.is_file(), reason="the list of naughty strings lies beside the repository")
STRINGS = [text for text in orjson.loads(LIST.read_bytes()) if text and len(text) <= 500] if LIST.is_file() else ["x"]
GROUPS = [STRINGS[start : start + 32] for start in range(0, len(STRINGS), 32)]


def filled(record: Record, texts: list[str]) -> Record:
    """The record with these texts wherever a source may write what is withheld or not mapped."""
    ref = rebuilt(record.ref, key=texts[0], revision=texts[1])
    withheld = tuple(Withheld(name="text", text=text) for text in texts[:3])
    return rebuilt(record, ref=ref, withheld=withheld, unmapped=tuple(texts[2:]))


@pytest.mark.parametrize("group", range(len(GROUPS)))
def test_naughty_strings_in_what_is_withheld_change_no_byte(group) -> None:
    """As keys, revisions, titles, notes and unmapped values of every kind of record."""
    texts = cycle(GROUPS[group])
    records = tuple(filled(record, [next(texts) for _ in range(5)]) for record in make_evidence().records)
    notes = tuple(make_field_hold("workaround", note=text[:2000]) for text in GROUPS[group][:5])
    draft = make_draft(make_evidence(records=records), holds=notes)
    assert draft.message == make_draft(holds=notes[:1]).message
    assert draft.package == make_draft(holds=notes[:1]).package
    assert {hold.annex for hold in draft.holds} == {annex.id for annex in draft.annexes}


@pytest.mark.parametrize("group", range(len(GROUPS)))
def test_naughty_strings_as_values_that_tables_map_are_held(group) -> None:
    """As a status, a readiness and a checkpoint: held as unmapped, and all of them read the same to the customer."""
    messages = set()
    for text in GROUPS[group][::3]:
        public = [r for r in make_evidence().records if isinstance(r, HealthRecord) and r.ref.source == "statuspage"]
        odd = (make_health(status=text), make_workaround(readiness=text), make_timeline(checkpoint=text))
        evidence = with_records(
            make_evidence(), *public, *odd, without=(HealthRecord, WorkaroundRecord, TimelineRecord)
        )
        draft = make_draft(evidence)
        messages.add(draft.message.model_dump_json())
        held = reasons(draft)
        assert [held[key] for key in ("status/payments-api", "workaround/payments-api", "timeline")] == [
            "unmapped-value"
        ] * 3
    assert len(messages) == 1
