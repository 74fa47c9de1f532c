"""A storm on the whole bot: twenty new unrelated alerts a minute for an hour, three reviewers of ten minutes each."""

import pytest

from blocks import say
from bot.workflows import draft as drafting
from profiles.frozen import replace
from tests.bot.simulated import SOON, simulated
from tests.bot.stage import GATES
from tests.builders import make_health, minutes, rebuilt
from transforms.model.records import SourceRef, Tag

A_MINUTE, LASTS, REVIEW = 20, 60, 10


@pytest.fixture
def life(tmp_path, monkeypatch):
    """A bot with an opened incident, on which a storm comes down from now on."""
    with simulated(tmp_path) as running:
        read, began = drafting.read_evidence, running.clock.now()

        def stormy(*args, **how):
            evidence, now = read(*args, **how), running.clock.now()
            return replace(evidence, records=(*evidence.records, *alerts(began, now)))

        monkeypatch.setattr(drafting, "read_evidence", stormy)
        assert running.command("U0KIM", "open INC-1042 acme") == say.opening.opened("INC-1042", "Acme Corp")
        yield running


def alerts(began, now):
    """Every alert that fires by now: components that no table knows, of one team, and nothing else said of them."""
    tags = (Tag(name="team", value="batch"),)
    for minute in range(min(int((now - began) / minutes(1)), LASTS) + 1):
        for number in range(A_MINUTE):
            key, since = f"job-{minute}-{number}", began + minutes(minute)
            times = {"changed_at": since, "observed_at": now, "fetched_at": now}
            ref = SourceRef(source="alertmanager", key=key, revision="r-1", **times)
            yield rebuilt(make_health(component=key, region=None), ref=ref, tags=tags, withheld=(), unmapped=())


def place(life):
    """Incident command places the whole kind as unrelated, in the form that the command opens."""
    life.command("U0KIM", "place team=batch unrelated")
    form = life.person("U0KIM").modal()
    assert form is not None
    assert form["callback_id"] == "place_form"
    assert life.person("U0KIM").submit(form["id"], {}).ok
    life.clock.pass_by(SOON)


def review(life):
    """Three people read for ten minutes side by side, and approve one after the other."""
    life.pass_by(REVIEW)
    for user, channel in GATES:
        assert life.person(user).click("review_approve", channel=channel, confirmed=True).ok
        life.clock.pass_by(SOON)


def test_storm_of_an_hour_stops_no_version(life):
    """One act of incident command, and at least three versions out; no approval was void."""
    began = life.clock.now()
    life.command("U0KIM", "draft")
    assert "unplaced-evidence:evidence" in life.drafts()[-1].draft.blocking
    place(life)
    while life.clock.now() + minutes(REVIEW + 3) < began + minutes(LASTS):
        if life.drafts()[-1].state.state != "waiting":
            life.command("U0KIM", "draft")
        assert life.drafts()[-1].draft.blocking == ()
        review(life)
    states = [draft.state.state for draft in life.drafts()]
    assert states.count("replaced") == 1
    assert [*states[1:]].count("superseded") + states.count("released") >= 3
    assert life.log().count("placed") == 1
