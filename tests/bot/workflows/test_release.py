"""Release: only what was approved, only while everything that was approved still holds (promises P1, P6, P9, P13)."""

import dataclasses
import re
from datetime import timedelta

import pytest

from blocks import say
from profiles.codes import HoldReason
from sandbox.faults import FaultKind
from storage.directives import add_directive
from tests.bot.invariants import assert_invariants, bridge_posts, manifest_of
from tests.bot.stage import BRIDGE
from tests.builders import make_field_hold, make_person, rebuilt
from transforms.model.canonical import digest
from transforms.model.directives import Waiver
from transforms.model.lifecycle import Approved, Released, Replaced, Waiting

OUTSIDE = "T0GLOBEX"


def posts(steps) -> int:
    """How many messages Slack took for the bridge."""
    return len([*bridge_posts(steps)])


def words(draft) -> str:
    """What a draft says to the customer, but for its times and its reference."""
    return re.sub(r"\d\d:\d\d|ref [0-9a-f ]+", "", draft.draft.message.text)


def reconfigure(steps, **changes) -> None:
    """Start the bot again with another configuration of the bridge."""
    deployment = steps.bot.deployment
    bridge = deployment.config.bridges["acme"].model_copy(update=changes)
    config = deployment.config.model_copy(update={"bridges": {"acme": bridge}})
    steps.bot = dataclasses.replace(steps.bot, deployment=deployment.model_copy(update={"config": config}))


def reprofile(steps) -> None:
    """Start the bot again with a profile that differs in a limit, approved by the installer."""
    deployment = steps.bot.deployment
    profile = deployment.profiles["acme"]
    sources = tuple(rebuilt(source, max_age_at_release=300) for source in profile.sources)
    changed = profile.model_copy(update={"sources": sources})
    steps.bot = dataclasses.replace(steps.bot, deployment=deployment.model_copy(update={"profiles": {"acme": changed}}))
    reconfigure(steps, approved_profiles=(digest(changed), digest(profile)))


def decide(steps, draft, value) -> None:
    """Another replica records what somebody decided, without a new draft."""
    with steps.bot.store.write() as transaction:
        add_directive(transaction, steps.bot.new_id(), draft.bridge_case, value)


def waive(steps, draft) -> None:
    """Somebody waives an exception that does not even block."""
    entry = next(entry for entry in draft.draft.register_ if not entry.waived)
    by = make_person("U0SAM")
    what = {"entry": entry.id, "evidence": entry.evidence, "decided": entry.decided}
    value = Waiver(**what, by=by, role=entry.role, at=steps.clock())
    decide(steps, draft, value)


def hold(reason):
    """Somebody holds what is held already, for another reason."""
    return lambda steps, draft: decide(
        steps, draft, make_field_hold("detail/technical", reason=reason, at=steps.clock(), note="")
    )


def edit(file, old, new):
    """A system of record says something else in one place."""

    def change(steps, _draft):
        steps.lay_out(1)
        found = next(steps.folder.glob(f"current/**/{file}"))
        text = found.read_text()
        assert old in text
        found.write_text(text.replace(old, new))

    return change


CHANGES = {
    "teams": (lambda s, _: reconfigure(s, teams=("T0ACME", OUTSIDE)), say.recheck.AUDIENCE_CHANGED),
    "channel": (lambda s, _: reconfigure(s, channel="C0OTHER"), say.recheck.AUDIENCE_CHANGED),
    "profile approval": (
        lambda s, _: reconfigure(s, approved_profiles=()),
        say.recheck.PROFILE_CHANGED,
    ),
    "profile": (lambda s, _: reprofile(s), say.recheck.PROFILE_CHANGED),
    "deactivated": (
        lambda s, _: s.sandbox.workspace.set_user("U0SAM", deleted=True),
        "an approver no longer fills the role Security",
    ),
    "guest": (
        lambda s, _: s.sandbox.workspace.set_user("U0ANA", is_restricted=True),
        "an approver no longer fills the role Account leadership",
    ),
    "moved away": (
        lambda s, _: s.sandbox.workspace.set_user("U0KIM", team_id="T0ACME"),
        "an approver no longer fills the role Incident command",
    ),
    "left the group": (
        lambda s, _: s.sandbox.workspace.set_group("S0SECURITY", ["U0PRIYA"]),
        "an approver no longer fills the role Security",
    ),
    "waiver": (waive, say.recheck.SOURCES_CHANGED),
    "hold reason": (
        hold(HoldReason.LEGAL_REVIEW_PENDING),
        say.recheck.SOURCES_CHANGED,
    ),
    "hold": (
        lambda s, d: decide(s, d, make_field_hold("timeline/T2", at=s.clock())),
        say.recheck.SOURCES_CHANGED,
    ),
    "new facts": (lambda s, _: s.lay_out(2), say.recheck.SOURCES_CHANGED),
    "overdue": (lambda s, _: (s.clock.pass_by(31 * 60), s.lay_out(1)), say.recheck.UPDATE_OVERDUE),
}
SAME_WORDS = ("profile", "deactivated", "guest", "left the group", "waiver", "hold reason")


@pytest.mark.parametrize("change", CHANGES)
def test_release_is_voided_by_a_change(steps, change):
    """Whatever changes under an approval voids it, posts nothing, says why, and asks every gate again."""
    alter, why = CHANGES[change]
    draft = steps.approved()
    alter(steps, draft)
    steps.deliver()
    voided, asking = steps.now(draft), steps.newest()
    assert isinstance(voided.state, Replaced), voided.state
    assert (voided.state.why, voided.state.by_draft) == (why, asking.number)
    assert isinstance(asking.state, Waiting)
    assert (asking.state.given, posts(steps)) == ((), 0)
    assert asking.drafter == draft.drafter
    if change in SAME_WORDS:
        assert words(asking) == words(draft)
    assert_invariants(steps)


def test_release_posts_the_approved_bytes_once(steps):
    """What stands in the bridge is what was approved, under an opaque attempt and nothing else, and signed."""
    draft = steps.released()
    (post,) = bridge_posts(steps)
    assert post.arguments == {
        "channel": BRIDGE,
        "text": draft.draft.message.text,
        "blocks": list(draft.draft.message.blocks),
        "unfurl_links": False,
        "unfurl_media": False,
        "parse": "none",
        "link_names": False,
        "metadata": {"event_type": "bridgepkg_post", "event_payload": {"attempt": draft.state.attempt.id}},
    }
    stated = manifest_of(steps, draft)
    assert (stated.message, stated.package) == (draft.draft.message.digest, digest(draft.draft.package))
    assert (stated.approvals, stated.supersedes) == (draft.state.given, None)
    assert_invariants(steps)


def test_versions_form_a_chain(steps):
    """The second version's manifest names the first one's digest, and the first message says what replaced it."""
    first, second = steps.released(1), steps.released(2)
    supersedes = manifest_of(steps, second).supersedes
    assert (supersedes.version, supersedes.manifest) == (1, digest(steps.now(first).manifest))
    assert steps.now(first).state.by_version == 2
    assert_invariants(steps)


def test_release_goes_out_on_newer_evidence(steps):
    """Sources that only get newer void nothing: the approved bytes go out, and the manifest tells of both readings."""
    draft = steps.approved()
    steps.clock.pass_by(9 * 60)
    steps.lay_out(1)
    steps.settle()
    stated = manifest_of(steps, steps.now(draft, "released"))
    assert stated.approved_on.at < stated.released_on.at - timedelta(minutes=9)
    assert stated.approved_on.evidence != stated.released_on.evidence
    assert stated.message == draft.draft.message.digest
    assert_invariants(steps)


def test_release_stops_on_old_evidence(steps):
    """Evidence that is older than a release may use voids the approvals, though not a word differs."""
    draft = steps.approved()
    began = steps.clock.ahead
    steps.clock.ahead -= timedelta(minutes=46)
    steps.lay_out(1)
    steps.clock.ahead = began
    steps.deliver()
    assert steps.now(draft, "replaced").state.why == "the evidence of 1 source became too old to release on"
    assert (posts(steps), steps.newest().state.state) == (0, "waiting")
    assert_invariants(steps)


@pytest.mark.parametrize("file", ["alertmanager.json", "salesforce.json", "incident-channel.json"])
def test_release_stops_without_a_source(sqlite_steps, file):
    """A source that cannot be read any more voids the approvals; what it stood behind is held in the new draft."""
    steps = sqlite_steps
    steps.cards = False
    draft = steps.approved()
    (steps.folder / "current" / file).unlink()
    steps.deliver()
    assert steps.now(draft, "replaced").state.by_draft == steps.newest().number
    assert steps.newest().draft.holds != draft.draft.holds
    assert posts(steps) == 0
    assert_invariants(steps)


def world(act, *arguments, **changes):
    """A change that administrators of the workspace make."""
    return lambda steps: getattr(steps.sandbox.workspace, act)(*arguments, **changes)


COME_BACK = (world("share", BRIDGE, "T0ACME"), world("join", BRIDGE, "U0CARA"))
WRONG_PEOPLE = "Not posted: A guest or somebody of an unlisted organisation is in the bridge channel."
WRONG_TEAMS = "Not posted: The organisations in the bridge channel are not exactly the configured ones."
IN_THE_WAY = {
    "a guest joins": (world("join", BRIDGE, "U0GUS"), world("leave", BRIDGE, "U0GUS"), WRONG_PEOPLE),
    "a member becomes a guest": (
        world("set_user", "U0LEE", is_restricted=True),
        world("set_user", "U0LEE", is_restricted=False),
        WRONG_PEOPLE,
    ),
    "a guest of the customer": (
        world("set_user", "U0CARA", is_restricted=True),
        world("set_user", "U0CARA", is_restricted=False),
        WRONG_PEOPLE,
    ),
    "a guest of the customer for one channel": (
        world("set_user", "U0CARA", is_ultra_restricted=True),
        world("set_user", "U0CARA", is_ultra_restricted=False),
        WRONG_PEOPLE,
    ),
    "another organisation": (world("share", BRIDGE, OUTSIDE), world("unshare", BRIDGE, OUTSIDE), WRONG_TEAMS),
    "an open invitation": (
        world("offer_share", BRIDGE, OUTSIDE),
        world("unshare", BRIDGE, OUTSIDE),
        "Not posted: An invitation to another organisation is open in the bridge channel; accept or withdraw it first.",
    ),
    "the customer left": (world("unshare", BRIDGE, "T0ACME"), lambda s: [act(s) for act in COME_BACK], WRONG_TEAMS),
    "archived": (
        world("archive", BRIDGE),
        world("archive", BRIDGE, archived=False),
        "Not posted: The bridge channel is archived.",
    ),
    "frozen": (
        world("set_channel", BRIDGE, is_frozen=True),
        world("set_channel", BRIDGE, is_frozen=False),
        "Not posted: The bridge channel is frozen.",
    ),
    "read-only": (
        world("set_channel", BRIDGE, is_read_only=True),
        world("set_channel", BRIDGE, is_read_only=False),
        "Not posted: The bridge channel is read-only.",
    ),
    "the bot was removed": (
        world("leave", BRIDGE, "U0BRIDGEPKG"),
        world("join", BRIDGE, "U0BRIDGEPKG"),
        "Not posted: I am not in that channel; invite me there.",
    ),
}


@pytest.mark.parametrize("reason", IN_THE_WAY)
def test_release_waits_for_the_channel_to_be_fixed(sqlite_steps, reason):
    """Readers who should not be there, or none, stop the post; the approvals stand, and `release` posts once fixed."""
    steps = sqlite_steps
    steps.cards = False
    spoil, fix, problem = IN_THE_WAY[reason]
    draft = steps.approved()
    spoil(steps)
    steps.settle()
    waiting = steps.now(draft, "approved")
    assert (waiting.state.problem, len(waiting.state.given), posts(steps)) == (problem, 3, 0)
    fix(steps)
    steps.command("U0KIM", "release")
    steps.settle()
    assert isinstance(steps.now(draft).state, Released), steps.now(draft).state
    assert posts(steps) == 1
    assert_invariants(steps)


@pytest.mark.parametrize("kind", [FaultKind.RATELIMITED, FaultKind.HTTP_500, FaultKind.REFUSE])
@pytest.mark.parametrize(
    "method", ["users.info", "usergroups.users.list", "conversations.info", "conversations.members"]
)
def test_release_waits_for_slack_to_answer(sqlite_steps, method, kind):
    """When Slack does not say who somebody is or who reads the bridge, nothing is posted, and it is tried again."""
    steps = sqlite_steps
    steps.cards = False
    draft = steps.approved()
    steps.sandbox.faults.add(kind, method, seconds=1)
    steps.deliver()
    waiting = steps.now(draft)
    assert isinstance(waiting.state, Approved)
    assert (len(waiting.state.given), posts(steps)) == (3, 0)
    assert waiting.state.problem.startswith("Not posted"), waiting.state.problem
    steps.settle()
    assert isinstance(steps.now(draft).state, Released)
    assert posts(steps) == 1
    assert_invariants(steps)


def test_read_back_difference_is_told_and_not_sent_again(sqlite_steps):
    """A message that Slack shows otherwise than it was approved is an entry in the log, never a second message."""
    steps = sqlite_steps
    steps.cards = False
    draft = steps.approved()
    messages = steps.sandbox.workspace.messages
    kept = messages.post

    def changed_by_slack(channel, user, text, **rest):
        said = kept(channel, user, text, **rest)
        if channel == BRIDGE:
            said.blocks[0]["text"]["text"] = "Something else"
        return said

    messages.post = changed_by_slack
    steps.settle()
    steps.now(draft, "released")
    assert steps.log()[-2:] == ["released", "readback-differs"]
    assert posts(steps) == 1


def test_release_of_an_acknowledgement_reads_no_source(steps):
    """The first ten minutes' notice goes out on one approval with every source down, and only once."""
    for file in (steps.folder / "current").glob("*.json"):
        file.unlink()
    steps.command("U0KIM", "ack")
    steps.work()
    draft = steps.newest()
    steps.approve(draft, "U0ANA")
    steps.settle()
    assert steps.now(draft).state.state == "released"
    assert_invariants(steps)
