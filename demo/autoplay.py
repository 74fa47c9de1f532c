"""Autoplay: the whole story of the sample incident, played by its people over HTTP, as a transcript that one can read.

Every step states what must come of it. The first that does not come out so is named, and the play ends there.
"""

import time
from collections.abc import Callable
from typing import Any, Final

import httpx

from demo.running import Demo
from demo.story import (
    ACCOUNT_REVIEW,
    BRIDGE,
    CHANNEL_NAMES,
    INCIDENT,
    REVIEWERS,
    SECURITY_REVIEW,
    StepFailedError,
    Story,
    button_value,
    button_words,
    section_words,
    values_of,
)


def play(demo: Demo, say_line: Callable[[str], None]) -> str | None:
    """Play every step; the name of the step that failed and why, or none when all came out as expected."""
    story = Story(demo, say_line)
    for number, (name, act) in enumerate(STEPS, 1):
        say_line("")
        say_line(f"{number:>3}. {name}")
        try:
            act(story)
        except (StepFailedError, httpx.HTTPError) as problem:
            return f"step {number} ({name}) failed: expected {problem}"
        except Exception as problem:  # noqa: BLE001 -- a person's view of a broken play is one line
            return f"step {number} ({name}) failed: {type(problem).__name__}: {problem}"
    return None


def _open(story: Story) -> None:
    answer = story.command("Kim", "open INC-1042 acme")
    story.expect("INC-1042 is open here for Acme Corp" in answer, "the bridge to be open")
    story.expect(story.texts() == [], "nothing in the customer's channel yet")


def _acknowledge(story: Story) -> None:
    story.command("Kim", "ack")
    story.until(lambda: story.people["Lee"].messages(ACCOUNT_REVIEW), "the acknowledgement's card")
    story.expect(story.texts() == [], "nothing in the customer's channel before the approval")
    story.press("Lee", ACCOUNT_REVIEW, "review_approve", "Approve and post")
    story.until(lambda: len(story.texts()) == 1, "the acknowledgement in the customer's channel")
    story.show_bridge()


def _draft(story: Story) -> None:
    answer = story.command("Kim", "draft")
    story.expect("3 reviewers" in answer, "three reviewers to be asked")
    story.show_cards("draft 2 ")
    story.expect(len(story.texts()) == 1, "nothing new in the customer's channel")


def _wrong_people(story: Story) -> None:
    value = button_value(story.card("Sam", SECURITY_REVIEW), "review_approve")
    ts = story.bridge()[0]["ts"]
    forged = story.press("Cara", BRIDGE, "review_approve", "Approve, forged", message_ts=ts, value=value)
    story.expect("Only members of the home workspace" in forged, "the customer's click to be refused")
    wrong = story.press("Vic", INCIDENT, "review_approve", "Approve")
    story.expect("Only Incident command can do this" in wrong, "the wrong role to be refused")
    story.expect("Approved" not in section_words(story.card("Sam", SECURITY_REVIEW)), "nothing recorded on the card")


def _hold_part(story: Story) -> None:
    card = story.card("Sam", SECURITY_REVIEW)
    story.outdated = button_value(card, "review_approve")
    story.tell("Sam (security) clicks [Hold part…], chooses the checkpoint “investigating” and writes a note")
    story.people["Sam"].click("review_hold_part", channel=SECURITY_REVIEW, message_ts=card["ts"])
    form = story.until(lambda: _form(story.people["Sam"].modal(), "hold_form"), "the hold form")
    values = {"fields": ["timeline/T2"], "reason": "security-review-pending", "note": "shows when we noticed"}
    story.people["Sam"].submit(form["id"], values)
    story.show_cards("draft 3 ")
    story.until(
        lambda: "draft 3 " in _text_of(story, "Sam", SECURITY_REVIEW, card["ts"]),
        "the card to show draft 3 in its place",
    )
    story.tell("  draft 3 stands on the same card; the checkpoint is a placeholder now")
    line = "draft 3 of version 1 asks Security for approval"
    story.until(lambda: line in str(story.people["Sam"].messages(SECURITY_REVIEW)[-1]["text"]), "a line that says so")
    story.tell(f"  {CHANNEL_NAMES[SECURITY_REVIEW]} says: {line}")


def _outdated(story: Story) -> None:
    """Sam's phone still showed draft 2 when Sam pressed the button."""
    ts = story.card("Sam", SECURITY_REVIEW)["ts"]
    answer = story.press(
        "Sam", SECURITY_REVIEW, "review_approve", "Approve, of draft 2", message_ts=ts, value=story.outdated
    )
    story.expect("replaced it" in answer and "Nothing was recorded" in answer, "the outdated click to be refused")


def _approve_all(version: int) -> Callable[[Story], None]:
    def act(story: Story) -> None:
        story.approvable(version)
        before = story.texts()
        for name, channel in REVIEWERS[:-1]:
            answer = story.press(name, channel, "review_approve", "Approve")
            story.expect("Recorded. It posts when" in answer, f"the approval of {name} to count")
            story.expect(story.texts() == before, "nothing in the customer's channel before the last approval")
        name, channel = REVIEWERS[-1]
        story.press(name, channel, "review_approve", "Approve and post")
        story.until(lambda: f"Update {version} · " in story.texts()[-1], f"version {version} in the customer's channel")
        story.show_bridge()

    return act


def _twice(story: Story) -> None:
    story.approvable(1)
    value = button_value(story.card("Sam", SECURITY_REVIEW), "review_approve")
    story.press("Sam", SECURITY_REVIEW, "review_approve", "Approve")
    ts = story.card("Sam", SECURITY_REVIEW)["ts"]
    again = story.press("Sam", SECURITY_REVIEW, "review_approve", "Approve, again", message_ts=ts, value=value)
    story.expect("approved this already" in again, "the second click of the same person to be refused")
    story.press("Kim", INCIDENT, "review_approve", "Approve")
    story.press("Ana", ACCOUNT_REVIEW, "review_approve", "Approve and post")
    story.until(lambda: "Update 1 · " in story.texts()[-1], "version 1 in the customer's channel")
    story.until(lambda: story.texts()[0].startswith("Replaced at "), "the acknowledgement to say that it is replaced")
    story.show_bridge()


def _next_stage(story: Story) -> None:
    story.demo.advance()
    stage = story.demo.sample.stages[story.demo.stage]
    story.tell(f"The incident moves on: {stage.title}. {stage.tells}")
    answer = story.command("Kim", "draft")
    story.expect("Draft" in answer, "a new draft")


def _superseded(story: Story) -> None:
    story.until(
        lambda: any(t.startswith("Replaced at ") and "by update 2." in t for t in story.texts()),
        "version 1 to say that it is replaced",
    )


def _leadership_diff(story: Story) -> None:
    answer = story.command("Vic", "diff")
    story.expect("Payments API, Americas: operational (SC0) → degraded (SC1)" in answer, "the diff of versions 1 and 2")
    story.expect("revision" not in answer and "Why" not in answer, "no restricted names for leadership")


def _exceptions(story: Story) -> None:
    story.expect(
        "Approve" not in button_words(story.card("Sam", SECURITY_REVIEW)), "no Approve button while something blocks"
    )
    story.command("Kim", "exceptions")
    for name, code in (("Kim", "timing-disagreement"), ("Ana", "required-field-held"), ("Ana", "entitlement-changed")):
        _decide(story, name, code)


def _decide(story: Story, name: str, code: str) -> None:
    """Ask for the exceptions, and decide the one with this code."""
    person = story.people[name]
    heard = len(person.ephemerals(INCIDENT))
    person.say(INCIDENT, "/bridgepkg exceptions")
    story.until(lambda: len(person.ephemerals(INCIDENT)) > heard, "the list of exceptions")
    shown = person.ephemerals(INCIDENT)[-1]
    value = next((v for v in values_of(shown, "exception_waive") if f"|{code}:" in v), None)
    story.expect(value is not None, f"a button for {code}")
    block = next(b["block_id"] for b in shown["blocks"] for e in b.get("elements", ()) if e.get("value") == value)
    answer = story.press(
        name, INCIDENT, "exception_waive", f"Release anyway: {code}", message_ts=shown["ts"], block_id=block
    )
    story.expect("Recorded" in answer, f"the decision on {code} to be recorded")


def _withdraw(story: Story) -> None:
    answer = story.command("Jo", "withdraw a wording needs another look")
    story.expect("Withdrawn" in answer, "the withdrawal to be recorded")
    story.until(
        lambda: "was withdrawn at" in story.texts()[-1] and "Payments" not in story.texts()[-1],
        "only the notice to stand",
    )
    story.show_bridge()


def _records(story: Story) -> None:
    history = story.command("Kim", "history")
    story.expect(all(f"Version {number}: posted" in history for number in (1, 2, 3, 4)), "four versions in the history")
    lineage = story.command("Kim", "lineage status/payments-api/europe")
    story.expect("alertmanager" in lineage, "the sources of a field")
    manifest = story.command("Kim", "manifest 4")
    story.expect("Approved by: Security" in manifest, "the signed manifest")


def _form(modal: dict[str, Any] | None, callback: str) -> dict[str, Any] | None:
    return modal if modal and modal.get("callback_id") == callback else None


def _text_of(story: Story, name: str, channel: str, ts: str) -> str:
    return next((m["text"] for m in story.people[name].messages(channel) if m["ts"] == ts), "")


STEPS: Final[tuple[tuple[str, Callable[[Story], None]], ...]] = (
    ("The commander opens the bridge", _open),
    ("The first ten minutes are not silent", _acknowledge),
    ("The commander drafts version 1", _draft),
    ("The customer and the wrong role try to approve, and are refused", _wrong_people),
    ("Security holds a detail; the draft is made again", _hold_part),
    ("A click on what the card showed before is refused", _outdated),
    ("Three gates approve version 1, each once", _twice),
    ("The incident is identified; the commander drafts version 2", _next_stage),
    ("Three gates approve version 2", _approve_all(2)),
    ("Version 1 says that it is replaced", _superseded),
    ("Leadership reads the difference", _leadership_diff),
    ("Mitigation begins, and the status page disagrees; version 3 is blocked", _next_stage),
    ("The right roles decide the exceptions", _exceptions),
    ("Three gates approve version 3", _approve_all(3)),
    ("Legal withdraws version 3", _withdraw),
    ("The service is restored; the commander drafts version 4", _next_stage),
    ("Three gates approve version 4", _approve_all(4)),
    ("Everything can be explained", _records),
)


def play_and_time(demo: Demo, say_line: Callable[[str], None]) -> str | None:
    """Play, and end with how long it took."""
    began = time.monotonic()
    problem = play(demo, say_line)
    say_line("")
    if problem is None:
        say_line(f"All {len(STEPS)} steps came out as expected, in {time.monotonic() - began:.0f} seconds.")
    return problem
