"""The base of every core type: what is made out of another value is checked like what is new."""

import pytest
from pydantic import ValidationError

from profiles.frozen import replace
from tests.builders import AT, make_history, sample_drafts
from transforms.model.history import HoldAge
from transforms.model.package import Held

PACKAGE = sample_drafts()[1].package


def test_replace_gives_the_same_value_with_other_fields():
    """Only what is named differs; fields with an alias go along, and the first value stays as it was."""
    number = PACKAGE.version
    changed = replace(PACKAGE, version=number + 1)
    assert (changed.version, PACKAGE.version, changed.schema_) == (number + 1, number, PACKAGE.schema_)
    assert replace(changed, version=number) == PACKAGE


@pytest.mark.parametrize(
    "changes",
    [{"version": "2"}, {"version": 0}, {"fields": [*PACKAGE.fields]}, {"fields": (Held(number=1),)}, {"verson": 2}],
)
def test_replace_refuses_what_a_new_value_would_not_take(changes):
    """Another type, a value out of range, a list for a tuple, another part, a misspelt name."""
    with pytest.raises(ValidationError):
        replace(PACKAGE, **changes)


def test_replace_leaves_behind_what_a_value_has_worked_out():
    """A value keeps what it computed once of its own fields; its successor computes that of its own."""
    before = make_history()
    assert before.held_since == {}
    after = replace(before, holds=(HoldAge(key="timeline/T2", since=AT),))
    assert after.held_since == {"timeline/T2": AT}
