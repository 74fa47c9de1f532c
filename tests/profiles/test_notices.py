"""Notices: what stands above a message later must fit there, whatever a profile says."""

import orjson
import pytest
from pydantic import ValidationError

from profiles.models import Profile
from profiles.wording import NOTICE
from tests.builders import profile_data

PLACES = {
    "overdue": "{time}",
    "replaced": "{version} {time}",
    "replaced_link": "",
    "withdrawn": "{account} {time}",
    "closed": "{account} {time}",
}


def profile_with(name, length):
    """The shipped profile with a notice of this many characters."""
    data = profile_data()
    data["notices"][name] = PLACES[name] + "x" * (length - len(PLACES[name]))
    return Profile.model_validate_json(orjson.dumps(data))


@pytest.mark.parametrize("name", PLACES)
def test_notice_of_a_profile_fits_above_any_message(name):
    """A longer one is refused when the profile is read, not by Slack when a leak must come down."""
    assert len(str(getattr(profile_with(name, NOTICE).notices, name))) == NOTICE
    with pytest.raises(ValidationError, match="a notice has at most 600 characters, to fit above any message"):
        profile_with(name, NOTICE + 1)
