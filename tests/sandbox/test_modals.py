"""Modals and the Home tab, from the trigger to the submission."""

import pytest

from sandbox.errors import ImpossibleActError
from tests.sandbox.builders import (
    INCIDENT,
    RecordingBot,
    actions,
    button,
    connected,
    modal,
    option,
    refusal,
    section,
    select_input,
    text_input,
)


@pytest.fixture
def bot(sandbox):
    """A connected bot that keeps what it hears."""
    recording = RecordingBot(sandbox)
    with connected(recording.app, sandbox):
        yield recording


@pytest.fixture
def kim(sandbox):
    """The commander."""
    return sandbox.person("U0KIM")


def open_modal(sandbox, client, view: dict | None = None) -> str:
    """The id of a modal that Kim sees."""
    trigger = sandbox.workspace.tickets.trigger("U0KIM")
    return client.views_open(trigger_id=trigger, view=view or modal())["view"]["id"]


def titled(text: str, **changes) -> dict:
    """A modal with this title."""
    return modal(title={"type": "plain_text", "text": text}, **changes)


def titles(kim) -> list[str]:
    """The titles of Kim's modals, the visible one last."""
    return [view["title"]["text"] for view in kim.view()["modals"]]


def test_modal_opens_from_a_command_and_is_submitted(sandbox, kim):
    """The whole way: command, views.open with its trigger, filling, submission, closing."""
    recording = RecordingBot(sandbox)

    @recording.app.middleware
    def open_form(body, client, next):  # noqa: A002 -- Bolt's name
        if "command" in body:
            client.views_open(trigger_id=body["trigger_id"], view=modal(text_input(), select_input(), external_id="e1"))
        next()

    with connected(recording.app, sandbox):
        kim.say(INCIDENT, "/bridgepkg hold")
        assert kim.modal()["callback_id"] == "hold_form"
        outcome = kim.submit(kim.modal()["id"], {"note": "why not", "reason": "legal"})
    assert (outcome.ok, outcome.acked, kim.modal()) == (True, True, None)
    view = recording.bodies[1]["view"]
    assert view["state"]["values"] == {
        "note": {"note": {"type": "plain_text_input", "value": "why not"}},
        "reason": {
            "reason": {
                "type": "static_select",
                "selected_option": {"text": {"type": "plain_text", "text": "Legal", "emoji": True}, "value": "legal"},
            }
        },
    }
    assert (view["external_id"], view["type"], view["root_view_id"], view["previous_view_id"]) == (
        "e1",
        "modal",
        view["id"],
        None,
    )
    assert recording.bodies[1]["response_urls"] == []


def test_prefilled_values_are_sent_untouched(sandbox, client, bot, kim):
    """Initial values count as entered; what is left empty is sent as null."""
    options, ticked = {"options": [option("a"), option("b")]}, {"initial_options": [option("a")]}
    view = modal(
        text_input("note", element={"initial_value": "draft"}),
        text_input("extra", optional=True),
        select_input("reason", initial_option=option("legal")),
        {**text_input("boxes"), "element": {"type": "checkboxes", "action_id": "boxes", **options, **ticked}},
        {**text_input("none", optional=True), "element": {"type": "checkboxes", "action_id": "none"} | options},
        {**text_input("day"), "element": {"type": "datepicker", "action_id": "day", "initial_date": "2026-11-23"}},
        {**text_input("who", optional=True), "element": {"type": "users_select", "action_id": "who"}},
    )  # fmt: skip
    assert kim.submit(open_modal(sandbox, client, view)).acked
    values = {name: next(iter(held.values())) for name, held in bot.bodies[0]["view"]["state"]["values"].items()}
    assert values["note"] == {"type": "plain_text_input", "value": "draft"}
    assert values["extra"] == {"type": "plain_text_input", "value": None}
    assert values["reason"]["selected_option"]["value"] == "legal"
    assert [chosen["value"] for chosen in values["boxes"]["selected_options"]] == ["a"]
    assert values["none"] == {"type": "checkboxes", "selected_options": []}
    assert values["day"] == {"type": "datepicker", "selected_date": "2026-11-23"}
    assert values["who"] == {"type": "users_select", "selected_user": None}


def test_client_refuses_an_empty_required_input(sandbox, client, bot, kim):
    """Slack's client does not submit while a required input is empty; the bot hears nothing."""
    outcome = kim.submit(open_modal(sandbox, client))
    assert (outcome.ok, outcome.errors, bot.bodies) == (False, {"note": "Please complete this required field."}, [])


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ("abcd", "Please enter no more than 3 characters."),
        ("a", "Please enter at least 2 characters."),
        ("abc", None),
    ],
)
def test_client_keeps_the_lengths(sandbox, client, bot, typed, complaint):
    """A text outside the lengths of its input is not submitted."""
    view_id = open_modal(sandbox, client, modal(text_input(element={"min_length": 2, "max_length": 3})))
    outcome = sandbox.person("U0KIM").submit(view_id, {"note": typed})
    assert outcome.errors.get("note") == complaint
    assert len(bot.bodies) == (0 if complaint else 1)


def test_unknown_input_or_option_cannot_be_filled(sandbox, client, kim):
    """A person fills what is there."""
    view_id = open_modal(sandbox, client, modal(select_input()))
    with pytest.raises(ImpossibleActError):
        kim.submit(view_id, {"note": "x"})
    with pytest.raises(ImpossibleActError):
        kim.submit(view_id, {"reason": "finance"})


def test_errors_keep_the_modal_open(sandbox, client, bot, kim):
    """response_action errors show at their inputs; what was entered stays."""
    bot.ack = {"response_action": "errors", "errors": {"note": "too vague"}}
    outcome = kim.submit(open_modal(sandbox, client), {"note": "hm"})
    assert (outcome.response_action, outcome.errors) == ("errors", {"note": "too vague"})
    assert kim.modal()["errors"] == {"note": "too vague"}
    assert kim.modal()["values"]["note"]["note"]["value"] == "hm"


def test_update_push_and_clear_are_followed(sandbox, client, bot, kim):
    """An ack may replace the view, put one on top, or close all."""
    view_id = open_modal(sandbox, client)
    bot.ack = {"response_action": "update", "view": titled("Second")}
    kim.submit(view_id, {"note": "x"})
    assert titles(kim) == ["Second"]
    bot.ack = {"response_action": "push", "view": titled("Third")}
    kim.submit(view_id, {"note": "x"})
    assert titles(kim) == ["Second", "Third"]
    bot.ack = {"response_action": "clear"}
    kim.submit(kim.modal()["id"], {"note": "x"})
    assert titles(kim) == []


def test_plain_ack_closes_only_the_top(sandbox, client, bot, kim):
    """Submitting a pushed view returns to the one below, whose fields kept their values."""
    open_modal(sandbox, client)
    client.views_push(trigger_id=sandbox.workspace.tickets.trigger("U0KIM"), view=titled("Top"))
    pushed = kim.modal()
    kim.submit(pushed["id"], {"note": "x"})
    assert titles(kim) == ["Hold"]
    assert bot.bodies[0]["view"]["previous_view_id"] == kim.modal()["id"]


@pytest.mark.parametrize(
    "ack",
    [
        {"response_action": "errors", "errors": {"nowhere": "x"}},
        {"response_action": "update", "view": modal(title={"type": "plain_text", "text": "x" * 25})},
        {"response_action": "explode"},
    ],
)
def test_unusable_response_is_told_to_the_person(sandbox, client, bot, kim, ack):
    """A response_action that Slack cannot follow leaves the modal open with an error."""
    bot.ack = ack
    outcome = kim.submit(open_modal(sandbox, client), {"note": "x"})
    assert (outcome.ok, outcome.acked, outcome.error) == (False, True, "invalid_response_action")
    assert titles(kim) == ["Hold"]


def test_unanswered_submission_keeps_the_modal(sandbox, client, kim):
    """Without an ack the modal stays with what was entered."""
    outcome = kim.submit(open_modal(sandbox, client), {"note": "x"})
    assert outcome.error == "dispatch_failed"
    assert kim.modal()["values"]["note"]["note"]["value"] == "x"


@pytest.mark.parametrize(
    ("flags", "told", "left"),
    [
        ({"notify_on_close": True}, [("view_closed", False)], 1),
        ({}, [], 1),
        ({"notify_on_close": True, "clear_on_close": True}, [("view_closed", True)], 0),
    ],
)
def test_closing_is_told_only_when_asked_for(sandbox, bot, flags, told, left):
    """view_closed comes with notify_on_close; clear_on_close closes the whole stack."""
    kim, client = sandbox.person("U0KIM"), bot.app.client
    open_modal(sandbox, client)
    client.views_push(trigger_id=sandbox.workspace.tickets.trigger("U0KIM"), view=titled("Top", **flags))
    assert kim.close(kim.modal()["id"]).ok
    assert [(body["type"], body["is_cleared"]) for body in bot.bodies] == told
    assert len(titles(kim)) == left


def test_only_the_top_modal_can_be_reached(sandbox, client, kim):
    """A covered modal can be neither submitted nor closed, and nobody reaches another's."""
    below = open_modal(sandbox, client)
    client.views_push(trigger_id=sandbox.workspace.tickets.trigger("U0KIM"), view=titled("Top"))
    for act in (kim.submit, kim.close, sandbox.person("U0SAM").submit):
        with pytest.raises(ImpossibleActError):
            act(below)


def test_stack_ends_at_three(sandbox, client):
    """Two views may be pushed on the first; without any there is nothing to push on."""
    tickets = sandbox.workspace.tickets
    lonely = refusal(client.views_push, trigger_id=tickets.trigger("U0KIM"), view=modal())
    open_modal(sandbox, client)
    for _ in range(2):
        client.views_push(trigger_id=tickets.trigger("U0KIM"), view=modal())
    full = refusal(client.views_push, trigger_id=tickets.trigger("U0KIM"), view=modal())
    assert (lonely["error"], full["error"]) == ("not_found", "push_limit_reached")


def test_trigger_works_once_and_for_three_seconds(seed):
    """A trigger id is used up by success only, and expires."""
    from sandbox.server import Sandbox
    from tests.sandbox.builders import make_client

    now = [1_800_000_000.0]
    with Sandbox(seed, rate_limits=False, clock=lambda: now[0]) as sandbox:
        client = make_client(sandbox)
        trigger = sandbox.workspace.tickets.trigger("U0KIM")
        errors = [refusal(client.views_open, trigger_id=trigger, view=modal(title=None))["error"]]
        now[0] += 3.0
        client.views_open(trigger_id=trigger, view=modal())
        errors.append(refusal(client.views_open, trigger_id=trigger, view=modal())["error"])
        late = sandbox.workspace.tickets.trigger("U0KIM")
        now[0] += 3.1
        errors.append(refusal(client.views_open, trigger_id=late, view=modal())["error"])
        errors.append(refusal(client.views_open, trigger_id="1.2.3", view=modal())["error"])
    assert errors == ["invalid_arguments", "exchanged_trigger_id", "expired_trigger_id", "invalid_trigger_id"]


def test_update_keeps_what_was_entered(sandbox, client, bot, kim):
    """An update by external_id keeps values of inputs with the same block_id and action_id, and drops the others."""
    bot.ack = {"response_action": "errors", "errors": {"note": "again"}}
    view_id = open_modal(sandbox, client, modal(text_input(), text_input("old", optional=True), external_id="mine"))
    kim.submit(view_id, {"note": "entered", "old": "gone"})
    fresh = modal(
        text_input(element={"initial_value": "ignored"}), text_input("new", element={"initial_value": "seen"})
    )
    client.views_update(external_id="mine", view=fresh | {"external_id": "mine"})
    held = {name: next(iter(value.values()))["value"] for name, value in kim.modal()["values"].items()}
    assert (held, kim.modal()["errors"]) == ({"note": "entered", "new": "seen"}, {})


def test_update_with_an_old_hash_conflicts(sandbox, client):
    """A hash guards against someone else's update; a closed view is not found."""
    view_id = open_modal(sandbox, client)
    first = client.views_update(view_id=view_id, view=modal())["view"]["hash"]
    client.views_update(view_id=view_id, view=modal(), hash=first)
    assert refusal(client.views_update, view_id=view_id, view=modal(), hash=first)["error"] == "hash_conflict"
    sandbox.person("U0KIM").close(view_id)
    assert refusal(client.views_update, view_id=view_id, view=modal())["error"] == "not_found"


def test_external_id_is_unique_among_open_views(sandbox, client):
    """Two open views cannot share an external_id."""
    open_modal(sandbox, client, modal(external_id="mine"))
    trigger = sandbox.workspace.tickets.trigger("U0SAM")
    body = refusal(client.views_open, trigger_id=trigger, view=modal(external_id="mine"))
    assert body["error"] == "duplicate_external_id"


def test_click_in_a_modal_carries_the_view_and_its_state(sandbox, client, bot, kim):
    """A click inside a modal has the view with all values, a trigger, and no channel."""
    menu = {"type": "static_select", "action_id": "pick", "options": [option("a")]}
    view = modal(
        text_input(element={"initial_value": "x"}), section(block_id="s", accessory=menu), *actions(button("more"))
    )
    view_id = open_modal(sandbox, client, view)
    kim.click("pick", view_id=view_id, selected="a")
    kim.click("more", view_id=view_id)
    body = bot.bodies[1]
    assert body["container"] == {"type": "view", "view_id": view_id}
    assert body["view"]["state"]["values"]["s"]["pick"]["selected_option"]["value"] == "a"
    assert body["view"]["state"]["values"]["note"]["note"]["value"] == "x"
    assert {"channel", "message", "response_url"} & set(body) == set()
    assert client.views_push(trigger_id=body["trigger_id"], view=modal())["view"]["root_view_id"] == view_id


def test_home_is_published_for_one_person(sandbox, client, bot, kim):
    """Opening Home is an event; the published view is its owner's alone, can be clicked, and is guarded by a hash."""
    kim.open_home()
    sandbox.wait_until(lambda: bot.bodies)
    home = {"type": "home", "blocks": actions()}
    first = client.views_publish(user_id="U0KIM", view=home)["view"]
    assert kim.click("go", view_id=first["id"]).acked
    client.views_publish(user_id="U0KIM", view=home, hash=first["hash"])
    body = refusal(client.views_publish, user_id="U0KIM", view=home, hash=first["hash"])
    assert body["error"] == "hash_conflict"
    assert (kim.home()["id"], sandbox.person("U0SAM").home()) == (first["id"], None)
    assert bot.bodies[0]["event"]["tab"] == "home"
    with pytest.raises(ImpossibleActError):
        kim.submit(first["id"])


def test_wrong_kind_of_view_is_refused(sandbox, client):
    """A modal is no Home tab and the other way round."""
    trigger = sandbox.workspace.tickets.trigger("U0KIM")
    assert refusal(client.views_publish, user_id="U0KIM", view=modal())["error"] == "invalid_arguments"
    body = refusal(client.views_open, trigger_id=trigger, view={"type": "home", "blocks": []})
    assert body["error"] == "invalid_arguments"
