"""The api.*, auth.* and apps.* methods."""

from sandbox.documents import JsonObject
from sandbox.errors import SlackError
from sandbox.methods.call import ApiCall


def api_test(call: ApiCall) -> JsonObject:
    """api.test: echoes its arguments, or the error that it is asked for."""
    shown = {key: value for key, value in call.args.items() if key != "token"}
    if "error" in shown:
        raise SlackError(str(shown["error"]), args=shown)
    return {"args": shown}


def auth_test(call: ApiCall) -> JsonObject:
    """auth.test: whose token it is."""
    directory = call.workspace.directory
    home, app = directory.home, directory.app
    return {
        "url": f"https://{home.domain}.slack.com/",
        "team": home.name,
        "user": app.name,
        "team_id": home.id,
        "user_id": app.bot_user_id,
        "bot_id": app.bot_id,
        "is_enterprise_install": False,
        **({"enterprise_id": home.enterprise_id} if home.enterprise_id else {}),
    }


def connections_open(call: ApiCall) -> JsonObject:
    """apps.connections.open: the address of one Socket Mode connection, good once."""
    link = call.workspace.tickets.link()
    return {"url": f"{call.socket_base}/link/?ticket={link}&app_id={call.workspace.directory.app.app_id}"}
