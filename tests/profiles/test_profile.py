"""A profile is checked whole when it is read: nothing twice, nothing dangling, nothing missing."""

import copy
import re
from collections.abc import Sequence
from typing import Any

import orjson
import pytest
from pydantic import ValidationError

from profiles.codes import DraftKind, HoldReason, NoticeKind, RegisterCode
from profiles.loader import SHIPPED, find_profile, load_profile
from profiles.models import Profile
from tests.builders import EXAMPLE, make_profile, profile_data, sample_deployment
from transforms.model.canonical import digest

EUROPE = {"id": "nordics", "label": "Europe", "members": []}
WEBHOOKS = {
    "id": "webhooks",
    "label": "Hooks",
    "regions": ["europe"],
    "components": [{"source": "alertmanager", "key": "x"}],
    "products": [{"source": "salesforce", "key": "y"}],
}
SC0 = {"code": "SC9", "rank": 9, "label": "strange", "next_update": 30}
W9 = {"code": "W9", "rank": 9, "label": "strange"}
ROW = {"id": "ST-77", "source": "alertmanager", "value": "odd", "code": "SC0"}


def problems(data: dict[str, Any]) -> str:
    """What the whole check says of these data."""
    with pytest.raises(ValidationError) as caught:
        Profile.model_validate_json(orjson.dumps(data))
    return caught.value.errors()[0]["msg"].removeprefix("Value error, ")


def changed(path: str, change: Any) -> dict[str, Any]:
    """The shipped profile with an entry appended to the list at this path, or a value put in its place."""
    data = profile_data()
    _put(data, [int(part) if part.isdigit() else part for part in path.split(".")], change)
    return data


def _put(data: Any, path: Sequence[str | int], change: Any) -> None:
    for part in path[:-1]:
        data = data[part]
    data[path[-1]] = [*data[path[-1]], change] if isinstance(data[path[-1]], list) else change


@pytest.mark.parametrize(
    ("path", "entry", "problem"),
    [
        ("sources", 0, "duplicate source pagerduty; remove one"),
        ("regions", EUROPE | {"id": "europe", "label": "Nordics"}, "duplicate region europe; remove one"),
        ("regions", EUROPE, "duplicate region label Europe; remove one"),
        ("capabilities", WEBHOOKS, "duplicate capability webhooks; remove one"),
        (
            "capabilities",
            WEBHOOKS | {"id": "hooks", "label": "Webhooks"},
            "duplicate capability label Webhooks; remove one",
        ),
        ("status.rows", ROW | {"id": "TR-1"}, "duplicate row or rule id TR-1; remove one"),
        ("status.rows", ROW | {"value": "quiet"}, "duplicate status value ('alertmanager', 'quiet'); remove one"),
        (
            "readiness.rows",
            ROW | {"source": "jira", "value": "Done", "code": "W0"},
            "duplicate readiness value ('jira', 'Done'); remove one",
        ),
        (
            "checkpoints.rows",
            ROW | {"source": "incident-channel", "value": "restored", "code": "T1"},
            "duplicate checkpoint value ('incident-channel', 'restored'); remove one",
        ),
        (
            "tiers",
            {"id": "TR-9", "source": "salesforce", "value": "Premier", "permitted": ["status"], "required": []},
            "duplicate tier value ('salesforce', 'Premier', None); remove one",
        ),
        ("status.codes", SC0 | {"code": "SC0"}, "duplicate status code SC0; remove one"),
        ("status.codes", SC0 | {"rank": 3}, "duplicate status rank 3; remove one"),
        ("readiness.codes", W9 | {"code": "W0"}, "duplicate readiness code W0; remove one"),
        ("readiness.codes", W9 | {"rank": 0}, "duplicate readiness rank 0; remove one"),
        ("checkpoints.codes", {"code": "T1", "label": "again"}, "duplicate checkpoint code T1; remove one"),
        (
            "regions.0.members",
            {"source": "alertmanager", "key": "us-east-1"},
            "duplicate region member ('alertmanager', 'us-east-1'); remove one",
        ),
        (
            "capabilities.0.components",
            {"source": "jira", "key": "rpt-query"},
            "duplicate component ('jira', 'rpt-query'); remove one",
        ),
        (
            "capabilities.0.products",
            {"source": "salesforce", "key": "MC-REP-200"},
            "duplicate product ('salesforce', 'MC-REP-200'); remove one",
        ),
        ("categories", {"id": "technical", "label": "more"}, "duplicate category technical; remove one"),
        ("reasons", 0, "duplicate reason exploitability-restricted; remove one"),
        ("register", 0, "duplicate register code uncleared-detail; remove one"),
        ("gates", {"role": "security"}, "duplicate gate security; remove one"),
    ],
)
def test_profile_with_something_twice_is_refused(path, entry, problem) -> None:
    """A look-up must have one answer; 0 stands for the list's own first entry."""
    data = profile_data()
    entry = copy.deepcopy(data[path][0]) if entry == 0 else entry
    assert problems(changed(path, entry)) == problem


@pytest.mark.parametrize(
    ("path", "entry", "problem"),
    [
        ("capabilities.0.components", {"source": "datadog", "key": "x"}, "source datadog is not listed under sources"),
        ("capabilities.0.products", {"source": "sap", "key": "x"}, "source sap is not listed under sources"),
        ("regions.0.members", {"source": "nowhere", "key": "x"}, "source nowhere is not listed under sources"),
        ("status.rows", ROW | {"source": "datadog"}, "source datadog is not listed under sources"),
        ("tiers.0.source", "sap", "source sap is not listed under sources"),
        ("capabilities.0.regions", "moon", "region moon is not listed under regions"),
        (
            "capabilities.0.components",
            {"source": "jira", "key": "x", "region": "moon"},
            "region moon is not listed under regions",
        ),
        ("disclosure.0.category", "gossip", "category gossip of DR-1 is not listed"),
        ("status.rows", ROW | {"code": "SC8"}, "code SC8 of row ST-77 is not in its table"),
        ("readiness.rows.0.code", "T1", "code T1 of row WR-1 is not in its table"),
        ("readiness.none_recorded.code", "W8", "code W8 of row WR-0 is not in its table"),
        ("checkpoints.rows.0.code", "W0", "code W0 of row CP-1 is not in its table"),
    ],
)
def test_profile_with_a_dangling_name_is_refused(path, entry, problem) -> None:
    """Every name that refers to something finds it."""
    assert problems(changed(path, entry)) == problem


@pytest.mark.parametrize("reason", HoldReason)
def test_profile_without_public_wording_of_a_hold_reason_is_refused(reason) -> None:
    """Any reason can come up at night; each has words."""
    reasons = [row for row in profile_data()["reasons"] if row["reason"] != reason]
    assert problems(profile_data(reasons=reasons)) == f"hold reason {reason} has no public wording under reasons"


@pytest.mark.parametrize("code", RegisterCode)
def test_profile_without_a_rule_for_a_register_code_is_refused(code) -> None:
    """Every exception has somebody who decides it."""
    register = [row for row in profile_data()["register"] if row["code"] != code]
    assert problems(profile_data(register=register)) == f"register code {code} has no rule under register"


def test_profile_without_an_unaffected_status_is_refused() -> None:
    """One code must mean that nothing is wrong."""
    assert problems(changed("status.codes.0.rank", 9)) == "no status code has rank 0; one must mean unaffected"


def test_profile_whose_tier_permits_no_status_or_requires_more_than_it_permits_is_refused() -> None:
    """Without the status there is no package, and what is required must be permitted."""
    data = profile_data()
    data["tiers"][1] |= {"permitted": ["timeline"], "required": ["workaround"]}
    assert problems(data) == (
        "tier TR-2 does not permit status; without it there is no package; "
        "tier TR-2 requires workaround but does not permit it"
    )


def test_profile_names_every_problem_at_once() -> None:
    """An author fixes a profile in one go."""
    data = changed("gates", {"role": "security"})
    data["disclosure"][0]["category"] = "gossip"
    data["reasons"] = data["reasons"][1:]
    assert problems(data) == (
        "duplicate gate security; remove one; category gossip of DR-1 is not listed; "
        "hold reason exploitability-restricted has no public wording under reasons"
    )


@pytest.mark.parametrize("group", ["phrases", "notices"])
def test_profile_phrases_refuse_places_that_are_not_filled(group) -> None:
    """A place that the message does not fill is refused in every phrase and notice that has places."""
    data = profile_data()
    written = [path for path, text in _leaves(data[group], ()) if "{" in text]
    refused = []
    for path in written:
        other = copy.deepcopy(data)
        _put(other[group], path, "{unknown}")
        refused.append("no place {unknown} here; it may use " in problems(other))
    assert refused == [True] * len(written)


@pytest.mark.parametrize("group", ["phrases", "notices"])
def test_profile_phrases_refuse_to_leave_out_what_the_customer_needs(group) -> None:
    """A phrase without one of its places is refused, but for a code, which only supports the words (P3)."""
    data = profile_data()
    for path, text in _leaves(data[group], ()):
        for place in re.findall(r"\{([a-z]+)\}", text):
            other = copy.deepcopy(data)
            _put(other[group], path, text.replace(f"{{{place}}}", "so"))
            if place == "code":
                Profile.model_validate_json(orjson.dumps(other))
            else:
                assert f"the place {{{place}}} is missing" in problems(other)


def test_profile_names_the_gates_of_each_kind_of_draft() -> None:
    """An update asks three roles, the first ten minutes' notice one."""
    profile = make_profile()
    assert {kind: profile.gates_for(kind) for kind in DraftKind} == {
        DraftKind.UPDATE: ("incident_command", "security", "account_leadership"),
        DraftKind.ACKNOWLEDGEMENT: ("account_leadership",),
    }


def test_shipped_profile_loads_and_has_a_notice_of_every_kind() -> None:
    """What is installed works, and each closed kind of notice has its words."""
    profile = load_profile(SHIPPED / "customer-bridge.yaml")
    assert (profile.name, profile.version) == ("customer-bridge", 2)
    assert set(NoticeKind) <= set(type(profile.notices).model_fields)


def test_sample_configuration_approves_the_shipped_profile() -> None:
    """The trust root of the sample is the digest of the profile as it ships; tools/approve-sample writes it."""
    shipped = load_profile(SHIPPED / "customer-bridge.yaml")
    assert sample_deployment().config.bridges["acme"].approved_profiles == (digest(shipped),)


def test_profile_is_found_beside_the_configuration_or_among_the_shipped(tmp_path) -> None:
    """A name is a shipped profile, a YAML path is one's own."""
    assert find_profile("customer-bridge", tmp_path) == SHIPPED / "customer-bridge.yaml"
    assert find_profile("own/acme.yaml", EXAMPLE) == EXAMPLE / "own" / "acme.yaml"


def test_profile_digest_covers_every_word() -> None:
    """Approving a digest approves each word: changing one, anywhere, changes it."""
    data = profile_data()
    texts = [path for path, value in _leaves(data, ()) if isinstance(value, str) and path[-1] in {"label", "wording"}]
    digests = {digest(make_profile())}
    for path in texts:
        other = copy.deepcopy(data)
        _put(other, path, "other words")
        digests.add(digest(Profile.model_validate_json(orjson.dumps(other))))
    assert len(digests) == len(texts) + 1


def _leaves(value: Any, path: tuple) -> list[tuple[tuple, Any]]:
    if isinstance(value, dict):
        return [leaf for key, item in value.items() for leaf in _leaves(item, (*path, key))]
    if isinstance(value, list):
        return [leaf for index, item in enumerate(value) for leaf in _leaves(item, (*path, index))]
    return [(path, value)]
