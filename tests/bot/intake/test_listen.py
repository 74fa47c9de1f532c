"""Listen: one request, one row, one ack; what is not ours, not signed or not stored is never acked (promise P7)."""

import json
import time
from types import SimpleNamespace
from urllib.parse import urlencode

import httpx
import pytest
from slack_sdk.signature import SignatureVerifier
from sqlalchemy import delete, select, text

from bot.intake.http_mode import LARGEST_BODY, HttpServer, make_endpoint
from bot.intake.listen import Listener
from bot.settings import load_deployment
from bot.slack.api import make_client
from demo.sample import FOLDER, prepare
from sandbox.seed import Seed
from sandbox.server import Sandbox
from storage.store import Store
from storage.tables import inbox
from tests.bot.stage import INCIDENT
from tests.databases import KEYS, sqlite_url

COMMAND = {
    "command": "/bridgepkg",
    "text": "status",
    "team_id": "T0MERIDIAN",
    "channel_id": INCIDENT,
    "user_id": "U0KIM",
    "trigger_id": "1.1.abc",
}


@pytest.fixture(scope="module")
def listening(tmp_path_factory):
    """A listener in HTTP mode, with its endpoint, its signing secret and its database."""
    folder = tmp_path_factory.mktemp("listen")
    seed = Seed.model_validate_json((FOLDER / "workspace.json").read_text(encoding="utf-8"))
    store = Store(sqlite_url(folder), KEYS)
    with Sandbox(seed, rate_limits=False) as sandbox:
        client = make_client(seed.app.bot_token, sandbox.api_url, seconds=3)
        listener = Listener(load_deployment(prepare(folder / "sample")), store, client, seed.app.signing_secret)
        server = HttpServer(make_endpoint(listener.app), 0)
        server.start()
        url = f"http://127.0.0.1:{server.port}/slack/events"
        yield SimpleNamespace(url=url, secret=seed.app.signing_secret, store=store, sandbox=sandbox)
        server.stop()
        listener.close()
    store.close()


@pytest.fixture
def ours(listening):
    """The listener with an empty inbox."""
    with listening.store.write() as transaction:
        transaction.execute(delete(inbox))
    return listening


def send(ours, fields, *, secret=None, ago=0, headers=None) -> int:
    """The status that a request gets, signed as Slack signs."""
    body = urlencode(fields) if isinstance(fields, dict) else fields
    at = str(int(time.time()) - ago)
    signature = SignatureVerifier(secret or ours.secret).generate_signature(timestamp=at, body=body)
    signed = {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": signature or ""}
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    sent = {name: value for name, value in {**kind, **signed, **(headers or {})}.items() if value is not None}
    return httpx.post(ours.url, content=body, headers=sent, trust_env=False, timeout=10).status_code


def kept(ours) -> list[str]:
    """The deduplication keys in the inbox."""
    with ours.store.read() as transaction:
        return list(transaction.execute(select(inbox.c.dedupe)).scalars())


def test_signed_request_is_stored_and_acked(ours):
    """What Slack signed and sent to us lies in the inbox when it is acked; the same once more is the same row."""
    assert (send(ours, COMMAND), send(ours, COMMAND), kept(ours)) == (200, 200, ["trigger/1.1.abc"])


@pytest.mark.parametrize(
    "how",
    [
        {"secret": "another"},
        {"ago": 600},
        {"headers": {"X-Slack-Signature": None}},
        {"headers": {"X-Slack-Request-Timestamp": None}},
        {"headers": {"X-Slack-Request-Timestamp": "soon"}},
    ],
    ids=["another secret", "ten minutes old", "no signature", "no time", "a time that is none"],
)
def test_request_that_slack_did_not_sign_is_refused(ours, how):
    """A forged, replayed or half-signed request gets 401, and no row."""
    assert (send(ours, COMMAND, **how), kept(ours)) == (401, [])


@pytest.mark.parametrize("change", [{"team_id": "T0OTHER"}, {"api_app_id": "A0OTHER"}, {"team_id": ""}])
def test_request_of_another_app_or_workspace_is_refused(ours, change):
    """A signature alone is not enough: the payload must be of our app and a home workspace."""
    assert (send(ours, {**COMMAND, **change}), kept(ours)) == (401, [])


def test_oversized_body_is_refused(ours):
    """A body beyond a megabyte is refused before anything reads it."""
    assert (send(ours, "x" * (LARGEST_BODY + 1)), kept(ours)) == (413, [])


@pytest.mark.parametrize("body", ["", "payload=", "payload=%7B", "payload=[]", "payload=null", "a=b", "%00%ff", "[]"])
def test_signed_nonsense_is_never_acked_or_a_traceback(ours, body, caplog):
    """What is signed but makes no sense gets a client error, no row, and no word of it in the log."""
    status = send(ours, body)
    assert (400 <= status < 500, kept(ours)) == (True, [])
    assert [record for record in caplog.records if record.exc_info] == []


def test_request_that_cannot_be_stored_is_not_acked(ours):
    """Without a row there is no ack: Slack tells the person that it failed, and the log has the kind of it only."""
    with ours.store.write() as transaction:
        transaction.execute(text("ALTER TABLE inbox RENAME TO away"))
    try:
        assert send(ours, COMMAND) == 500
    finally:
        with ours.store.write() as transaction:
            transaction.execute(text("ALTER TABLE away RENAME TO inbox"))
    assert (send(ours, COMMAND), kept(ours)) == (200, ["trigger/1.1.abc"])


def test_click_for_a_modal_is_stored_although_it_cannot_be_opened(ours):
    """A trigger that Slack no longer takes loses the modal, never the request."""
    action = {"type": "block_actions", "team": {"id": "T0MERIDIAN"}, "user": {"id": "U0KIM"}, "trigger_id": "9.9.gone"}
    clicked = {**action, "channel": {"id": INCIDENT}, "actions": [{"action_id": "review_details", "value": "x"}]}
    assert (send(ours, {"payload": json.dumps(clicked)}), kept(ours)) == (200, ["trigger/9.9.gone"])
