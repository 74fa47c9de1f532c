"""Users, user groups and reactions with the real client."""

from tests.sandbox.builders import BRIDGE, INCIDENT, refusal


def test_colleague_has_every_flag(client):
    """users.info of a colleague says that they are a full member."""
    user = client.users_info(user="U0KIM")["user"]
    flags = ("team_id", "deleted", "is_bot", "is_restricted", "is_ultra_restricted")
    assert [user[flag] for flag in flags] == ["T0HOME", False, False, False, False]
    assert "is_stranger" not in user


def test_outsider_is_a_stranger_only_without_a_shared_channel(sandbox, client):
    """In a shared channel an outsider differs only by team_id; without one Slack calls them a stranger."""
    shared = client.users_info(user="U0CARA")["user"]
    assert (shared["team_id"], "is_stranger" in shared) == ("T0ACME", False)
    sandbox.workspace.leave(BRIDGE, "U0CARA")
    assert client.users_info(user="U0CARA")["user"]["is_stranger"] is True


def test_guest_and_deactivated_flags_follow_the_model(sandbox, client):
    """Flags change when an administrator changes them; a deactivated user shows only that."""
    sandbox.workspace.set_user("U0SAM", is_restricted=True)
    sandbox.workspace.set_user("U0LEE", deleted=True)
    assert client.users_info(user="U0SAM")["user"]["is_restricted"] is True
    gone = client.users_info(user="U0LEE")["user"]
    assert (gone["deleted"], "is_restricted" in gone) == (True, False)


def test_sister_workspace_counts_as_inside(sandbox):
    """On Enterprise Grid a colleague of another workspace of the same enterprise is no outsider."""
    directory = sandbox.workspace.directory
    assert directory.is_outsider("U0CARA") is True
    enterprise = {"enterprise_id": "E0NORTH"}
    directory.home = directory.teams["T0HOME"] = directory.home.model_copy(update=enterprise)
    directory.teams["T0ACME"] = directory.teams["T0ACME"].model_copy(update=enterprise)
    assert directory.is_outsider("U0CARA") is False


def test_unknown_user_and_group_have_their_own_errors(client):
    """Slack names both."""
    assert refusal(client.users_info, user="U0NOBODY")["error"] == "user_not_found"
    assert refusal(client.usergroups_users_list, usergroup="S0NONE")["error"] == "no_such_subteam"


def test_users_list_holds_colleagues_bots_and_known_outsiders(client):
    """users.list comes in pages and leaves strangers out."""
    first = client.users_list(limit=5)
    rest = client.users_list(limit=5, cursor=first["response_metadata"]["next_cursor"])
    ids = [user["id"] for user in first["members"] + rest["members"]]
    assert ids == ["U0BRIDGEPKG", "U0KIM", "U0SAM", "U0LEE", "U0JO", "U0ANA", "U0VIC", "U0CARA"]


def test_group_members_leave_the_deactivated_out(sandbox, client):
    """usergroups.users.list names active members unless all are asked for."""
    sandbox.workspace.set_group("S0SECURITY", ["U0SAM", "U0KIM"])
    sandbox.workspace.set_user("U0KIM", deleted=True)
    assert client.usergroups_users_list(usergroup="S0SECURITY")["users"] == ["U0SAM"]
    everyone = client.usergroups_users_list(usergroup="S0SECURITY", include_disabled=True)["users"]
    assert everyone == ["U0SAM", "U0KIM"]


def test_groups_are_listed_by_handle(client):
    """usergroups.list names the groups, their users only when asked."""
    groups = client.usergroups_list(include_users=True)["usergroups"]
    assert [(group["handle"], group["users"]) for group in groups][:2] == [
        ("incident-command", ["U0KIM"]),
        ("security", ["U0SAM"]),
    ]
    assert "users" not in client.usergroups_list()["usergroups"][0]


def test_reactions_are_read_and_added(sandbox, client):
    """A person's reaction shows to the bot; the bot's own needs reactions:write."""
    ts = client.chat_postMessage(channel=INCIDENT, text="x")["ts"]
    sandbox.person("U0KIM").react(INCIDENT, ts, "eyes")
    message = client.reactions_get(channel=INCIDENT, timestamp=ts)["message"]
    assert message["reactions"] == [{"name": "eyes", "users": ["U0KIM"], "count": 1}]
    sandbox.workspace.grant([*sandbox.workspace.scopes, "reactions:write"])
    client.reactions_add(channel=INCIDENT, timestamp=ts, name="eyes")
    assert refusal(client.reactions_add, channel=INCIDENT, timestamp=ts, name="eyes")["error"] == "already_reacted"


def test_app_and_team_describe_themselves(sandbox, client):
    """bots.info and team.info know only our app and our team."""
    sandbox.workspace.grant(["users:read", "team:read"])
    assert client.bots_info(bot="B0SANDBOX1")["bot"]["app_id"] == "A0SANDBOX1"
    assert client.team_info()["team"]["domain"] == "northwind"
    assert refusal(client.bots_info, bot="B0OTHER")["error"] == "bot_not_found"
    assert refusal(client.team_info, team="T0ACME")["error"] == "team_not_found"
