"""Two bridges of one incident in one channel: drafted, approved, released, withdrawn and closed apart."""

import dataclasses

import pytest

from blocks import say
from storage.cases import cases_of
from storage.drafts import built_of
from tests.bot.stage import INCIDENT
from tests.builders import safe

GLOBEX = "C0GLOBEX"
CHOOSE = say.case.choose_bridge(["acme", "globex"])


def configure(steps) -> None:
    """A second customer with the same contract, in a channel of its own, and the bot started again with it."""
    workspace = steps.sandbox.workspace
    acme = workspace.channels.get("C0ACME")
    members = tuple(user for user in acme.members if user != "U0CARA")
    changes = {"id": GLOBEX, "name": "bridge-globex", "connected_team_ids": ("T0GLOBEX",), "members": members}
    workspace.add_channel(acme.model_copy(update=changes))
    deployment = steps.bot.deployment
    bridge = deployment.config.bridges["acme"]
    changed = {"channel": GLOBEX, "teams": ("T0GLOBEX",), "label": safe("Globex Corp")}
    globex = bridge.model_copy(update=changed)
    config = deployment.config.model_copy(update={"bridges": {"acme": bridge, "globex": globex}})
    profiles = {**deployment.profiles, "globex": deployment.profiles["acme"]}
    steps.bot = dataclasses.replace(
        steps.bot, deployment=deployment.model_copy(update={"config": config, "profiles": profiles})
    )


@pytest.fixture
def two(steps):
    """The sample incident with both bridges open in its channel."""
    configure(steps)
    steps.command("U0KIM", "open INC-1042 globex")
    steps.settle()
    return steps


@pytest.mark.parametrize("words", ["draft Acme", "DRAFT ACME"])
def test_bridge_is_named_in_any_case(sqlite_steps, words):
    """A phone writes what it likes in capitals; a bridge that nobody knows is answered with those that there are."""
    configure(sqlite_steps)
    sqlite_steps.command("U0KIM", "open INC-1042 globex")
    sqlite_steps.settle()
    assert asked(sqlite_steps, words) == say.draft.with_reviewers("Draft 1 of version 1 for Acme Corp", 3)
    assert asked(sqlite_steps, "draft initech") == say.commands.written_like("draft", "draft", ["acme", "globex"])


def drafted(two, bridge: str):
    """A fresh draft of one bridge."""
    two.command("U0KIM", f"draft {bridge}")
    two.work()
    return of(two, bridge)[-1]


def of(two, bridge: str) -> list:
    """The drafts of one bridge, oldest first."""
    return [draft for draft in two.drafts() if draft.draft.audience.bridge == bridge]


def asked(two, words: str) -> str:
    """What a person reads who types this."""
    before = len(two.heard("U0KIM"))
    two.command("U0KIM", words)
    two.settle()
    return two.heard("U0KIM")[before:][-1]


def shown(two, channel: str) -> list[str]:
    """What stands in a bridge: the first words of each message."""
    return [message["text"].partition(" (version")[0] for message in two.sandbox.person("U0KIM").messages(channel)]


def test_bridges_are_drafted_approved_and_released_apart(two):
    """What is decided for one customer is never counted for the other, though both read the same state."""
    acme, globex = drafted(two, "acme"), drafted(two, "globex")
    assert (acme.number, globex.number, acme.draft.version, globex.draft.version) == (1, 1, 1, 1)
    two.approve(acme)
    assert (two.now(acme).state.state, two.now(globex).state.given) == ("approved", ())
    two.settle()
    assert (two.now(acme).state.state, two.now(globex).state.state) == ("released", "waiting")
    assert (len(shown(two, "C0ACME")), shown(two, GLOBEX)) == (1, [])
    two.approve(globex)
    two.settle()
    assert (two.now(globex).state.state, len(shown(two, GLOBEX)), len(shown(two, "C0ACME"))) == ("released", 1, 1)


def test_approval_shown_for_one_bridge_does_not_count_for_the_other(two):
    """A click that carries the other draft's digest is refused: the audience is part of what was approved."""
    acme, globex = drafted(two, "acme"), drafted(two, "globex")
    two.click("U0SAM", "review_approve", forged(acme, globex))
    two.work()
    assert (two.now(acme).state.given, two.now(globex).state.given) == ((), ())


def forged(acme, globex):
    """The card of one draft with the digest of the other."""
    digest = globex.draft.release_digest
    return acme.model_copy(update={"draft": acme.draft.model_copy(update={"release_digest": digest})})


def test_bridges_are_withdrawn_and_closed_apart(two):
    """Taking back from one customer leaves the other's message as it is; so does closing."""
    for bridge in ("acme", "globex"):
        two.approve(drafted(two, bridge))
        two.settle()
    before = shown(two, "C0ACME")
    assert asked(two, "withdraw globex 1 a leak") == say.withdraw.WITHDRAWN
    assert [of(two, bridge)[-1].state.state for bridge in ("acme", "globex")] == ["released", "withdrawn"]
    assert (shown(two, "C0ACME"), shown(two, GLOBEX) == before) == (before, False)
    assert asked(two, "close globex anyway") == say.close.closed(noticed=False)
    with two.bot.store.read() as transaction:
        assert [(case.bridge, case.state) for case in cases_of(transaction, "INC-1042")] == [
            ("acme", "open"),
            ("globex", "closed"),
        ]
    assert asked(two, "draft") == say.draft.with_reviewers("Draft 2 of version 2 for Acme Corp", 3)
    assert of(two, "acme")[-1].number == 2
    assert asked(two, "draft globex").startswith("This bridge was closed")
    assert asked(two, "reopen") == say.close.REOPENED


@pytest.mark.parametrize(
    "words",
    ["draft", "ack", "hold", "preview", "holds", "exceptions", "history", "release", "close", "withdraw a leak"],
)
def test_command_without_a_bridge_asks_to_choose(two, words):
    """With several and none named nothing is guessed and nothing is done."""
    assert asked(two, words) == CHOOSE
    assert two.drafts() == []


def test_status_and_menu_tell_of_every_bridge_at_once(two):
    """Each with its own buttons, which then need no name."""
    drafted(two, "globex")
    told = asked(two, "status")
    assert (told.count("INC-1042"), told.count(say.read.NOTHING_POSTED)) == (2, 2)
    assert asked(two, "status acme").count("INC-1042") == 1
    asked(two, "")
    menu = two.sandbox.person("U0KIM").ephemerals(INCIDENT)[-1]
    values = [e["value"] for block in menu["blocks"] if block["type"] == "actions" for e in block["elements"]]
    assert {value.split("|")[4] for value in values} == {"acme", "globex"}
    assert asked(two, "status initech") == say.commands.written_like("status", "status", ["acme", "globex"])


def test_command_names_a_bridge_that_is_not_open_here(steps):
    """One sentence says which are."""
    configure(steps)
    assert asked(steps, "draft globex") == say.case.other_bridges("globex", ["acme"])


def test_bridges_have_digests_of_their_own(two):
    """One incident, one key; nothing that lies open of one draft can be found in the other."""
    acme = drafted(two, "acme")
    with two.bot.store.read() as transaction:
        one = built_of(transaction, acme)[0]
    globex = drafted(two, "globex")
    with two.bot.store.read() as transaction:
        other = built_of(transaction, globex)[0]
        cases = cases_of(transaction, "INC-1042")
    assert {case.incident_key for case in cases} == {cases[0].incident_key}
    assert one.history.digest_key != other.history.digest_key
    assert one.draft.annex_digests
    assert not {*one.draft.annex_digests} & {*other.draft.annex_digests}
    assert one.draft.evidence_digest != other.draft.evidence_digest
