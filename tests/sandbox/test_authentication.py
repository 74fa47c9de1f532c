"""Tokens and scopes."""

import pytest

from sandbox.methods.table import METHODS
from tests.sandbox.builders import GENERAL, INCIDENT, make_client, refusal


def test_auth_test_says_whose_token_it_is(client):
    """auth.test names the team and the bot, and carries the granted scopes in a header as Bolt expects."""
    answer = client.auth_test()
    assert answer.data == {
        "ok": True,
        "url": "https://northwind.slack.com/",
        "team": "Northwind Cloud",
        "user": "bridgepkg",
        "team_id": "T0HOME",
        "user_id": "U0BRIDGEPKG",
        "bot_id": "B0SANDBOX1",
        "is_enterprise_install": False,
    }
    assert answer.headers["x-oauth-scopes"].split(",")[:2] == ["commands", "chat:write"]


@pytest.mark.parametrize(
    ("token", "error"),
    [("", "not_authed"), ("xoxb-wrong", "invalid_auth"), ("xapp-1-sandbox-app-token", "not_allowed_token_type")],
)
def test_wrong_token_is_refused_by_slacks_name(sandbox, token, error):
    """A missing, an unknown and a misused token have three different names."""
    assert refusal(make_client(sandbox, token=token).users_info, user="U0KIM") == {"ok": False, "error": error}


def test_revoked_token_is_refused_until_it_works_again(sandbox, client):
    """Revoking the token stops every method that needs it."""
    sandbox.workspace.revoke_token()
    assert refusal(client.chat_postMessage, channel=INCIDENT, text="x")["error"] == "token_revoked"
    sandbox.workspace.revoke_token(revoked=False)
    assert client.chat_postMessage(channel=INCIDENT, text="x")["ok"]


def test_token_may_come_in_the_body(sandbox):
    """A token argument counts as much as the header."""
    answer = make_client(sandbox, token=None).api_call(
        "users.info", params={"user": "U0KIM", "token": "xoxb-sandbox-bot-token"}
    )
    assert answer["user"]["id"] == "U0KIM"
    assert sandbox.calls()[-1].arguments == {"user": "U0KIM"}


@pytest.mark.parametrize("method", sorted(name for name, row in METHODS.items() if row.scopes and row.token == "bot"))
def test_method_without_its_scope_names_what_is_needed(sandbox, client, method):
    """Every method that needs a scope says which one and which are granted."""
    sandbox.workspace.grant(["commands"])
    body = refusal(client.api_call, method, json={"channel": GENERAL})
    assert body == {"ok": False, "error": "missing_scope", "needed": METHODS[method].scopes[0], "provided": "commands"}


def test_private_channel_needs_its_own_scope(sandbox, client):
    """With channels:read alone a private channel cannot be read, although the method itself is allowed."""
    sandbox.workspace.grant(["channels:read"])
    assert client.conversations_info(channel=GENERAL)["channel"]["id"] == GENERAL
    assert refusal(client.conversations_info, channel=INCIDENT)["needed"] == "groups:read"


def test_app_token_without_scope_opens_no_connection(sandbox):
    """apps.connections.open needs connections:write on the app-level token."""
    client = make_client(sandbox)
    bad = sandbox.workspace.seed.app.model_copy(update={"app_token_scopes": ()})
    sandbox.workspace.directory.app = bad
    answer = refusal(client.apps_connections_open, app_token=bad.app_token)
    assert (answer["error"], answer["needed"]) == ("missing_scope", "connections:write")


def test_unknown_method_is_named(client):
    """A method that the sandbox does not have is unknown, as for Slack."""
    assert refusal(client.api_call, "files.upload") == {
        "ok": False,
        "error": "unknown_method",
        "req_method": "files.upload",
    }


def test_api_test_echoes(client):
    """api.test works without a scope and can be asked for an error."""
    assert client.api_test(foo="bar")["args"] == {"foo": "bar"}
    assert refusal(client.api_test, error="my_error")["error"] == "my_error"


def test_token_is_never_recorded(sandbox, client):
    """The log says which kind of token came, not the token."""
    client.users_info(user="U0KIM")
    call = sandbox.calls()[-1]
    assert (call.token, call.arguments) == ("bot", {"user": "U0KIM"})
    assert "xoxb" not in str(call.as_json())
