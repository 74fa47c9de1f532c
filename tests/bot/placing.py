"""Unplaced alerts in what the sources say, and how people place them in Slack."""

import orjson

from bot.workflows import draft as drafting
from profiles.codes import RecordKind, Unplaced
from profiles.frozen import replace
from storage.cases import cases_of
from storage.directives import standing_placings
from storage.log import entries, payload
from tests.bot.acts import modal_text, sealed_side, submit
from tests.bot.stage import INCIDENT
from tests.builders import make_health, rebuilt
from transforms.model.records import SourceRef, Tag, UnplacedItem
from transforms.placing import unplaced


def tags(**labels):
    """Labels of an alert."""
    return tuple(Tag(name=name, value=value) for name, value in labels.items())


def ref(evidence, key):
    """An alert that was read just now."""
    times = {"changed_at": evidence.at, "observed_at": evidence.at, "fetched_at": evidence.at}
    return SourceRef(source="alertmanager", key=key, revision="1", **times)


def alerts(evidence, count, **labels):
    """So many alerts that name no component, each with a name of its own beside these labels."""
    about = {"kind": RecordKind.HEALTH, "why": Unplaced.NO_COMPONENT, "status": "critical"}
    return tuple(
        UnplacedItem(ref=ref(evidence, f"{labels}-{n}"), tags=tags(alertname=f"A{n}", **labels), **about)
        for n in range(count)
    )


def make_noise(monkeypatch):
    """Unplaced alerts in every reading: how many of each team, and components that no table knows."""
    wanted: dict[str, int] = {"batch": 40}
    known: list[str] = []
    read = drafting.read_evidence

    def noisy(*args, **how):
        evidence = read(*args, **how)
        items = tuple(item for team, count in wanted.items() for item in alerts(evidence, count, team=team))
        odd = [rebuilt(make_health(component=name, tags=tags(team="batch")), ref=ref(evidence, name)) for name in known]
        return replace(evidence, unplaced=items, records=(*evidence.records, *odd))

    monkeypatch.setattr(drafting, "read_evidence", noisy)
    return wanted, known


def place_form(stage, words="place", user="U0KIM"):
    """Type the command and give the modal that answers it."""
    stage.command(user, words)
    form = stage.person(user).modal()
    assert form is not None
    return form


def place(stage, words, **values):
    """Place by words and the form that they open; gives the answer."""
    form = place_form(stage, f"place {words}")
    assert form["callback_id"] == "place_form", modal_text(form)
    return submit(stage, "U0KIM", form, INCIDENT, **values)


def standing(stage):
    """Every placing that stands: number, labels, capability, who."""
    with stage.bot.store.read() as transaction:
        found = [one for case in cases_of(transaction) for one in standing_placings(transaction, case.id)]
    return [(one.number, one.placing.tags, one.placing.capability, one.placing.by.user) for one in found]


def left(stage):
    """How much of the newest draft's reading is unplaced, by what it was built with."""
    built = sealed_side(stage, stage.drafts()[-1])
    return len(unplaced(built.evidence, built.profile, built.directives))


def told_in_log(stage, kind):
    """What the log says of each act of a kind."""
    with stage.bot.store.read() as transaction:
        found = [entry for entry in entries(transaction, "INC-1042") if entry.kind == kind]
        return [orjson.loads(payload(transaction, "INC-1042", entry.seq)) for entry in found]
