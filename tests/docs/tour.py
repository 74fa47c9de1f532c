"""The whole story of the sample incident, walked by hand on the page as each of the cast.

One way of walking: `test_tour` walks it as a test, `make screenshots` walks it to take the pictures in docs/pictures.
"""

from collections.abc import Callable
from itertools import cycle
from typing import Final

from playwright.sync_api import Locator, expect

from tests.docs.walker import Walker

REVIEWERS: Final = (("Sam", "review-security"), ("Kim", "inc-1042"), ("Ana", "review-accounts"))


def walk(*walkers: Walker) -> None:
    """Every step, from the first look to the last explanation; several walkers take turns."""
    for step, walker in zip(STEPS, cycle(walkers), strict=False):
        step(walker)


def _open(walker: Walker) -> None:
    page = walker.visit.page
    expect(page.locator("#stage-title")).to_have_text("Declared, stage 1 of 4")
    expect(page.get_by_role("region", name="Hint")).to_contain_text("1 of 3")
    walker.show("first-visit")
    page.get_by_role("button", name="No more hints").click()
    answer = walker.type("/bridgepkg open INC-1042 acme", "INC-1042 is open here for Acme Corp")
    walker.show("open", answer)


def _acknowledge(walker: Walker) -> None:
    walker.be("Kim Sato")
    walker.say("/bridgepkg ack")
    walker.be("Lee Novak")
    walker.go("review-accounts")
    card = walker.card("acknowledgement")
    walker.show("acknowledgement-card", card)
    walker.ask(card, "Approve")
    walker.say_yes("Recorded")
    expect(card).to_contain_text("Released")
    _look_as_customer(walker, "we are investigating", "customer-acknowledgement")


def _draft(walker: Walker) -> None:
    walker.be("Kim Sato")
    walker.go("inc-1042")
    walker.say("/bridgepkg draft")
    card = walker.card("draft 2 of version 1")
    walker.show("commander")
    walker.show("commander-card", card)


def _wrong_person(walker: Walker) -> None:
    walker.be("Vic Chen")
    walker.ask(walker.card("draft 2 of version 1"), "Approve")
    walker.show("refusal", walker.say_yes("Only Incident command can do this"))


def _hold_part(walker: Walker) -> None:
    walker.be("Sam Okafor")
    walker.go("review-security")
    card = walker.card("draft 2 of version 1")
    walker.press(card, "Details")
    walker.show("details", walker.modal("Where every field comes from"))
    walker.visit.page.locator("#modal .dialog-foot [data-close]").click()
    walker.press(card, "Hold part")
    form = walker.modal("What to hold")
    form.get_by_label("Timeline: investigating").check()
    form.get_by_label("Why").select_option(label="Security has to review it")
    form.get_by_label("Note").fill("Shows when we noticed")
    walker.show("hold-form", form)
    walker.send()
    walker.card("draft 3 of version 1 asks Security for approval")
    walker.show("review-card", walker.card("draft 3 of version 1 ·"))


def _approve(walker: Walker, version: int, *, pictures: bool = False) -> None:
    """Each gate on its own card; the last approval posts."""
    for before, (name, channel) in enumerate(REVIEWERS):
        walker.be(name)
        walker.go(channel)
        card = walker.card(f"of version {version} ·")
        if before:
            expect(card).to_contain_text(f"Approved {before} of {len(REVIEWERS)}")
        question = walker.ask(card, "Approve")
        is_last = name == REVIEWERS[-1][0]
        expect(question).to_contain_text("This posts now" if is_last else "It posts when")
        if pictures and name != "Kim":
            walker.show("last-approval" if is_last else "approval", question)
        walker.say_yes("Recorded")
    expect(card).to_contain_text("Released")


def _first_version(walker: Walker) -> None:
    _approve(walker, 1, pictures=True)
    walker.show("released-card", walker.card("of version 1 ·"))
    _look_as_customer(walker, "Update 1 ·", "customer-message")
    walker.be("Kim Sato")
    walker.go("inc-1042")
    walker.show("menu", walker.type("/bridgepkg", "The customer reads version 1"))


def _next_stage(walker: Walker, title: str, draft: str) -> Locator:
    """Move the incident on, draft again, and give the card."""
    walker.be("Kim Sato")
    walker.go("inc-1042")
    walker.visit.page.get_by_role("button", name="Next stage").click()
    expect(walker.visit.page.locator("#stage-title")).to_contain_text(title)
    walker.say("/bridgepkg draft")
    return walker.card(draft)


def _second_version(walker: Walker) -> None:
    walker.show("second-card", _next_stage(walker, "Identified", "draft 4 of version 2"))
    _approve(walker, 2)
    _look_as_customer(walker, "Update 2 ·", "customer-replaced")
    expect(walker.card("Update 1 ·")).to_contain_text("by update 2.")


def _leadership(walker: Walker) -> None:
    walker.be("Vic Chen")
    walker.show("leadership-diff", walker.type("/bridgepkg diff", "operational (SC0) → degraded (SC1)"))
    walker.show("status", walker.type("/bridgepkg status", "The customer reads version 2"))


def _holds(walker: Walker) -> None:
    walker.be("Ana Costa")
    walker.go("inc-1042")
    walker.show("holds", walker.type("/bridgepkg holds", "can resolve it"))


def _blocked(walker: Walker) -> None:
    card = _next_stage(walker, "Mitigating", "draft 5 of version 3")
    expect(card).to_contain_text("BLOCKS")
    walker.show("blocked-card", card)
    for name, role in (("Kim", "Incident command"), ("Ana", "Account leadership"), ("Ana", "Account leadership")):
        walker.be(name)
        walker.go("inc-1042")
        listed = walker.type("/bridgepkg exceptions", "Exceptions of draft")
        if role == "Incident command":
            walker.show("exceptions", listed)
        told = listed.locator(".section", has_text=f"{role} decides").first
        walker.ask(told.locator("xpath=following-sibling::div[1]"), "Release anyway")
        walker.say_yes("Recorded")
    _approve(walker, 3)


def _withdraw(walker: Walker) -> None:
    walker.be("Jo Martin")
    card = walker.card("of version 3 ·")
    walker.press(card, "Withdraw")
    form = walker.modal("Why (stays inside)")
    form.get_by_label("Why (stays inside)").fill("A wording needs another look")
    walker.show("withdraw-form", form)
    walker.send()
    expect(card).to_contain_text("Withdrawn by")
    _look_as_customer(walker, "was withdrawn at", "customer-withdrawn")


def _last_version(walker: Walker) -> None:
    _next_stage(walker, "Resolved", "of version 4 ·")
    _approve(walker, 4)
    _look_as_customer(walker, "Update 4 ·", "customer-restored")


def _explain(walker: Walker) -> None:
    walker.be("Kim Sato")
    walker.go("inc-1042")
    walker.show("history", walker.type("/bridgepkg history", "Version 4: posted"))
    walker.show("lineage", walker.type("/bridgepkg lineage status/payments-api/europe", "alertmanager"))
    walker.show("manifest", walker.type("/bridgepkg manifest", "Signed with Ed25519"))
    walker.place("bridgepkg, Home").click()
    panel = walker.visit.page.locator("#panel")
    expect(panel).to_contain_text("INC-1042")
    walker.show("home", panel.locator(".blocks"))
    walker.visit.page.locator("[data-close-panel]").click()
    walker.visit.page.locator("#traffic summary").click()
    expect(walker.visit.page.locator("#passages table")).to_be_visible()
    walker.show("traffic")


def _look_as_customer(walker: Walker, words: str, name: str) -> None:
    """See the bridge channel as the customer, with the newest message saying this."""
    walker.be("Cara Diaz")
    message = walker.card(words)
    walker.show(f"{name}-page")
    walker.show(name, message)


STEPS: Final[tuple[Callable[[Walker], None], ...]] = (
    _open,
    _acknowledge,
    _draft,
    _wrong_person,
    _hold_part,
    _first_version,
    _second_version,
    _leadership,
    _holds,
    _blocked,
    _withdraw,
    _last_version,
    _explain,
)
