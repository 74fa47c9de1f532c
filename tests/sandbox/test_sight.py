"""What each person sees, and nothing else."""

import json

import httpx
import pytest

from sandbox.errors import ImpossibleActError
from sandbox.people import cast, wait_for_change
from tests.sandbox.builders import BRIDGE, GENERAL, INCIDENT, actions, modal

CANARY = "canary-4711"


def test_customer_sees_the_bridge_and_nothing_else(sandbox, client):
    """Acting as the customer shows one channel; nothing from anywhere else is in the answer, in any form."""
    for channel in (INCIDENT, "U0KIM"):
        client.chat_postMessage(channel=channel, text=CANARY, blocks=actions())
    client.chat_postEphemeral(channel=BRIDGE, user="U0KIM", text=CANARY)
    client.views_open(trigger_id=sandbox.workspace.tickets.trigger("U0KIM"), view=modal(private_metadata=CANARY))
    client.views_publish(user_id="U0KIM", view={"type": "home", "blocks": actions(block_id=CANARY)})
    hidden = {"event_type": "attempt", "event_payload": {"id": CANARY}}
    client.chat_postMessage(channel=BRIDGE, text="for you", metadata=hidden)
    view = sandbox.person("U0CARA").view()
    assert [channel["id"] for channel in view["channels"]] == [BRIDGE]
    assert [message["text"] for message in view["channels"][0]["messages"]] == ["for you"]
    assert (view["modals"], view["home"], view["channels"][0]["ephemerals"], view["command"]) == ([], None, [], None)
    assert CANARY not in json.dumps(view)


def test_outsider_in_an_unshared_channel_does_not_see_it(sandbox):
    """Membership alone is not enough for an outsider: their team must be connected."""
    sandbox.workspace.join(GENERAL, "U0CARA")
    assert sandbox.person("U0CARA").channels() == [BRIDGE]


def test_thread_hangs_under_its_parent(sandbox, client):
    """Replies are with their parent, not in the channel."""
    parent = client.chat_postMessage(channel=INCIDENT, text="parent")["ts"]
    client.chat_postMessage(channel=INCIDENT, text="reply", thread_ts=parent)
    [message] = sandbox.person("U0KIM").messages(INCIDENT)
    assert [reply["text"] for reply in message["replies"]] == ["reply"]


def test_cast_names_people_without_bots_and_deactivated(sandbox):
    """The cast is whom one can act as, with who comes from outside."""
    sandbox.workspace.set_user("U0VIC", deleted=True)
    people = cast(sandbox.url)
    assert [person["id"] for person in people] == ["U0KIM", "U0SAM", "U0LEE", "U0JO", "U0ANA", "U0CARA"]
    assert [person["id"] for person in people if person["is_outsider"]] == ["U0CARA"]


def test_stranger_to_the_sandbox_has_no_view(sandbox):
    """Nobody can look as someone who does not exist, or into a channel that they are not in."""
    with pytest.raises(ImpossibleActError):
        sandbox.person("U0NOBODY").view()
    with pytest.raises(ImpossibleActError):
        sandbox.person("U0CARA").messages(INCIDENT)


def test_waiting_ends_with_the_next_change(sandbox, client):
    """The change counter answers at once when it is already past, and at the end of its time when nothing happens."""
    now = sandbox.person("U0KIM").view()["seq"]
    assert wait_for_change(sandbox.url, now, timeout=0.01) == now
    client.chat_postMessage(channel=INCIDENT, text="x")
    assert wait_for_change(sandbox.url, now) > now


def test_long_poll_wakes_up(sandbox):
    """A waiting request is answered by the change itself."""
    import threading

    now = sandbox.workspace.feed.count
    answers = []
    waiting = threading.Thread(target=lambda: answers.append(wait_for_change(sandbox.url, now, timeout=20)))
    waiting.start()
    while waiting.is_alive():
        sandbox.person("U0KIM").say(INCIDENT, "hello")
        waiting.join(0.02)
    assert answers[0] > now


@pytest.mark.parametrize(
    ("path", "body", "status", "error"),
    [
        ("U0KIM/fly", {}, 404, "unknown_act"),
        ("U0KIM/say", {"channel": INCIDENT}, 400, "invalid_request"),
        ("U0KIM/say", {"channel": INCIDENT, "text": "x", "colour": "red"}, 400, "invalid_request"),
        ("U0KIM/click", {"colour": "red"}, 400, "invalid_request"),
        ("U0KIM/submit", {"view_id": "V0NONE"}, 404, "impossible"),
    ],
)
def test_malformed_act_is_refused(sandbox, path, body, status, error):
    """Unknown acts and fields are errors, not ignored."""
    answer = httpx.post(f"{sandbox.url}/_people/{path}", json=body)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
