"""What must hold after anything that may go wrong, looked for in the database, in the channel and in what was sent."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import orjson
from sqlalchemy import select

from sandbox.delivery.envelope import EnvelopeKind, Outcome
from sandbox.recorder import Call
from storage.cases import cases_of
from storage.decisions import decisions_on
from storage.drafts import StoredDraft, drafts_of, profile_of
from storage.log import entries, faults, payload
from storage.tables import cards, inbox
from tests.bot.stage import BRIDGE
from transforms.model.approvals import Sighted
from transforms.model.lifecycle import Ambiguous, NotPosted, Posting, Released, Superseded, Withdrawn, released_in
from transforms.publish.manifest import ReleaseStatement, verify
from transforms.publish.message import Message

ALLOWED = {"channel", "text", "blocks", "unfurl_links", "unfurl_media", "parse", "link_names", "metadata"}


def assert_invariants(stage: Any) -> None:
    """Everything that holds at rest: give anything that has a `sandbox` and a `bot`."""
    drafts = all_drafts(stage)
    attempts = attempts_of(stage)
    posts = [*bridge_posts(stage)]
    _posted_once(drafts, attempts, posts)
    for draft in drafts:
        if released := released_of(draft):
            _approved(stage, draft, released)
            _as_signed(stage, draft, released, posts)
    _shown_as_they_stand(stage, drafts)
    _cards_once(stage)
    _nothing_lost(stage)
    with stage.bot.store.read() as transaction:
        assert list(faults(transaction, stage.bot.signing.public_key())) == []


def all_drafts(stage: Any) -> list[StoredDraft]:
    """Every draft of every case."""
    with stage.bot.store.read() as transaction:
        return [d for bridge_case in cases_of(transaction) for d in drafts_of(transaction, bridge_case.id)]


def attempts_of(stage: Any) -> dict[str, str]:
    """Each attempt that the log tells of, with its draft: it was written before the call."""
    with stage.bot.store.read() as transaction:
        told = [e for bridge_case in cases_of(transaction) for e in entries(transaction, bridge_case.incident)]
        posting = {(e.stream, e.seq): e.subject for e in told if e.kind == "posting"}
        return {orjson.loads(payload(transaction, *at) or b"")["attempt"]: draft for at, draft in posting.items()}


def bridge_posts(stage: Any) -> Iterator[Call]:
    """Every message that Slack took for the bridge, whatever it answered."""
    for call in stage.sandbox.calls("chat.postMessage"):
        if call.ok and call.arguments.get("channel") == BRIDGE:
            yield call


def released_of(draft: StoredDraft) -> Released | None:
    """How a draft came to stand in the bridge, if it does or did."""
    return released_in(draft.state)


def attempt_in(call: Call) -> str:
    """The attempt that a message carries; its metadata holds nothing else."""
    metadata = call.arguments["metadata"]
    attempt = str(metadata["event_payload"]["attempt"])
    assert metadata == {"event_type": "bridgepkg_post", "event_payload": {"attempt": attempt}}
    return attempt


def _posted_once(drafts: list[StoredDraft], attempts: dict[str, str], posts: list[Call]) -> None:
    """At most one message for each draft and each version, and each was announced in the log before."""
    of_draft = Counter(attempts[attempt_in(call)] for call in posts)
    assert max(of_draft.values(), default=1) == 1
    known = {draft.id: draft for draft in drafts}
    of_version = Counter(
        (known[draft].bridge_case, known[draft].draft.version) for draft in of_draft if known[draft].draft.version
    )
    assert max(of_version.values(), default=1) == 1
    for draft in of_draft:
        assert isinstance(known[draft].state, Posting | Ambiguous | Released | Superseded | Withdrawn | NotPosted)
    unsent = [draft for draft in drafts if isinstance(draft.state, NotPosted) and draft.id in of_draft]
    assert unsent == []


def _approved(stage: Any, draft: StoredDraft, released: Released) -> None:
    """Every gate was passed on this digest, by different people, each with a kept decision, and nothing blocked."""
    with stage.bot.store.read() as transaction:
        gates = profile_of(transaction, draft).gates_for(draft.draft.kind)
        kept = decisions_on(transaction, draft.bridge_case, draft.draft.release_digest)
    digest = draft.draft.release_digest
    approvals = released.given
    assert sorted(approval.role for approval in approvals) == sorted(gates)
    assert len({approval.person for approval in approvals}) == len(gates)
    assert {(approval.answer, approval.digest) for approval in approvals} == {("approve", digest)}
    assert released.digest == digest
    found = {(one.role, one.person, one.answer, one.act) for one in kept}
    assert {(a.role, a.person, a.answer, a.act) for a in approvals} <= found
    assert draft.draft.blocking == ()


def _as_signed(stage: Any, draft: StoredDraft, released: Released, posts: list[Call]) -> None:
    """What Slack took is what the manifest signs, byte for byte, in the approved channel."""
    stated = manifest_of(stage, draft)
    assert (stated.message, stated.release) == (draft.draft.message.digest, released.digest)
    assert stated.approvals == released.given
    sent = [call for call in posts if attempt_in(call) == released.attempt.id]
    assert len(sent) <= 1
    if not sent:
        assert isinstance(released.where, Sighted)
        return
    arguments = sent[0].arguments
    assert Message(text=arguments["text"], blocks=tuple(arguments["blocks"])).digest == stated.message
    assert (arguments["channel"], set(arguments)) == (stated.audience.channel, ALLOWED)
    assert released.ts in {None, sent[0].response["ts"]}


def manifest_of(stage: Any, draft: StoredDraft) -> ReleaseStatement:
    """What the stored manifest states, once its signature has been checked."""
    assert draft.manifest is not None
    return verify(draft.manifest, stage.bot.signing.public_key())


def _shown_as_they_stand(stage: Any, drafts: list[StoredDraft]) -> None:
    """In the bridge only the latest version reads as current; what was replaced or withdrawn says so."""
    shown = {message["ts"]: message["text"] for message in stage.sandbox.person("U0CARA").messages(BRIDGE)}
    for draft in drafts:
        released, words = released_of(draft), draft.draft.message.text
        if released is None or released.ts not in shown:
            continue
        if isinstance(draft.state, Released):
            assert shown[released.ts] == words
        elif isinstance(draft.state, Superseded):
            assert shown[released.ts].startswith(("Replaced at ", "*Replaced at "))
        else:
            assert words not in shown[released.ts]
    assert sum(isinstance(d.state, Released) and d.draft.version is not None for d in drafts) <= 1


def _cards_once(stage: Any) -> None:
    """Each gate has one card of a draft, and each internal message was posted under a mark of its own."""
    sent = [c for c in stage.sandbox.calls("chat.postMessage") if c.ok and c.arguments.get("channel") != BRIDGE]
    marks = Counter(attempt_in(call) for call in sent)
    assert max(marks.values(), default=1) == 1
    with stage.bot.store.read() as transaction:
        rows = transaction.execute(select(cards)).all()
    at = {attempt_in(call): (call.arguments["channel"], call.response["ts"]) for call in sent}
    for row in rows:
        if row.ts:
            assert at[row.attempt] == (row.channel, row.ts)


def _nothing_lost(stage: Any) -> None:
    """Every request that Slack was told of as received lies in the inbox, and everything in it was worked."""
    with stage.bot.store.read() as transaction:
        kept = transaction.execute(select(inbox.c.dedupe, inbox.c.state)).all()
    assert {row.state for row in kept} <= {"done"}
    known = {row.dedupe for row in kept}
    for delivery in stage.sandbox.deliveries:
        if delivery.outcome is Outcome.ACKED and delivery.kind is not EnvelopeKind.EVENT:
            assert f"trigger/{delivery.payload['trigger_id']}" in known
