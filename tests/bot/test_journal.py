"""The journal of outward acts: what the bridge showed and when, to the byte, notices included (promise P16)."""

from datetime import UTC, datetime

from storage.cases import cases_of
from storage.shown import Outward, Shown, journal_of
from tests.bot.stage import BRIDGE
from transforms.publish.message import Message

SECONDS = 5.0


def journal(bot) -> list[Shown]:
    """Every outward act of the sample's bridge."""
    with bot.store.read() as transaction:
        (case,) = cases_of(transaction, "INC-1042")
        return journal_of(transaction, case.id)


def sent(sandbox) -> list[tuple[str, str, float]]:
    """What Slack took for the bridge, in order: the digest of the bytes, the place and the moment."""
    calls = [c for c in sandbox.calls() if c.ok and c.arguments.get("channel") == BRIDGE]
    posts = [c for c in calls if c.method in {"chat.postMessage", "chat.update"}]
    bytes_of = [Message(text=c.arguments["text"], blocks=tuple(c.arguments["blocks"])).digest for c in posts]
    return [(digest, c.response["ts"], c.at) for digest, c in zip(bytes_of, posts, strict=True)]


def test_journal_tells_what_the_bridge_showed_and_when(told):
    """After the whole tale: every state of every message, in its order, from the moment to that of the next."""
    acts = journal(told.bot)
    states: dict[str, list[tuple[str, float]]] = {}
    for digest, ts, at in sent(told.sandbox):
        if [digest] != [known for known, _ in states.get(ts, [])][-1:]:
            states.setdefault(ts, []).append((digest, at))
    kept: dict[str, list[Shown]] = {}
    for act in acts:
        kept.setdefault(str(act.ts), []).append(act)
    assert {ts: [d for d, _ in found] for ts, found in states.items()} == {
        ts: [act.digest for act in found] for ts, found in kept.items()
    }
    assert {act.state for act in acts} == {Outward.SHOWN}
    for ts, found in kept.items():
        assert [act.until for act in found] == [*(act.since for act in found[1:]), None]
        for act, (_, at) in zip(found, states[ts], strict=True):
            assert abs((act.since - datetime.fromtimestamp(at, UTC)).total_seconds()) < SECONDS
    assert max(len(found) for found in kept.values()) > 1


def test_post_stands_in_the_journal_before_the_call_and_is_settled_after_it(sqlite_steps):
    """Begun with the state that may be visible, shown with the answer."""
    steps = sqlite_steps
    draft = steps.approved()
    assert journal(steps.bot) == []
    steps.settle()
    (act,) = journal(steps.bot)
    released = steps.now(draft, "released").state
    assert (act.digest, act.ts, act.state) == (draft.draft.message.digest, released.ts, Outward.SHOWN)
    assert (act.draft, act.since, act.until) == (draft.id, released.at, None)
