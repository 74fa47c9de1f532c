"""Describing a workspace."""

import pytest
from pydantic import ValidationError

from sandbox.seed import Channel, Seed, Team, User, UserGroup
from tests.sandbox.builders import make_seed


def test_seed_survives_json():
    """A seed is the same after a trip through JSON."""
    seed = Seed.sample()
    assert Seed.model_validate_json(seed.model_dump_json()) == seed


def test_seed_can_be_written_in_python():
    """The smallest workspace needs a team."""
    seed = Seed(team=Team(id="T1", name="One", domain="one"), users=(User(id="U1", name="a", team_id="T1"),))
    assert (seed.users[0].real_name, seed.channels, seed.app.command) == ("", (), "/bridgepkg")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"users": [User(id="U1", name="a", team_id="T9")]}, "unknown team: T9"),
        ({"channels": [Channel(id="C1", name="c", members=("U9",))]}, "unknown user: U9"),
        ({"channels": [Channel(id="C1", name="c", connected_team_ids=("T9",))]}, "unknown team: T9"),
        ({"groups": [UserGroup(id="S1", handle="s", user_ids=("U9", "U8"))]}, "unknown user: U8, U9"),
    ],
)
def test_seed_names_only_who_exists(changes, message):
    """A reference to nobody is an error that says to whom."""
    with pytest.raises(ValidationError, match=message):
        make_seed(**{"channels": [], "groups": [], **changes})


def test_misspelt_field_is_refused():
    """An unknown field is an error, not ignored."""
    with pytest.raises(ValidationError, match="is_guest"):
        User.model_validate({"id": "U1", "name": "a", "team_id": "T1", "is_guest": True})
