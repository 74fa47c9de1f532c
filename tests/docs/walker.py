"""One person at a time in front of the page: goes, types, presses and reads, in a wide window or on a phone."""

from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import Locator, expect

from tests.sandbox.visits import Visit

Show = Callable[[Visit, str, Locator | None], None]
"""Looks at a step: the window, the step's name, and the part of it that matters (none for all that is seen)."""


@dataclass
class Walker:
    """The window with the hands that use it. `show` is called wherever there is something to see."""

    visit: Visit
    look: Show
    shown: list[str] = field(default_factory=list)

    @property
    def is_narrow(self) -> bool:
        """Whether people and channels are behind the menu."""
        return self.visit.page.locator("[data-menu]").is_visible()

    def show(self, name: str, part: Locator | None = None) -> None:
        """Something to see; nothing of the page may lie beyond the edge of the window."""
        self.shown.append(name)
        page = self.visit.page
        width, room = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert width <= room, f"{name}: the page is {width - room} px wider than the window"
        self.look(self.visit, name, part)

    def place(self, words: str) -> Locator:
        """A person or channel in the list, brought to light on a phone."""
        if self.is_narrow:
            self.visit.page.locator("[data-menu]").click()
        return self.visit.page.locator("#places a.place", has_text=words).first

    def be(self, name: str) -> None:
        """Act as somebody else of the cast."""
        page = self.visit.page
        if page.locator("[data-leave]").count():
            with page.expect_navigation():
                self.place("Back to the cast").click()
            self.visit.wait_until_live()
        with page.expect_navigation():
            self.place(name).click()
        self.visit.wait_until_live()

    def go(self, channel: str) -> None:
        """Open a channel."""
        title = self.visit.page.locator("#channel h2")
        if f"#{channel}" not in str(title.text_content()):
            self.place(channel).click()
        expect(title).to_contain_text(f"#{channel}")

    def say(self, text: str) -> None:
        """Type into the composer and send by Enter."""
        field = self.visit.page.locator("#composer textarea")
        field.fill(text)
        field.press("Enter")

    def type(self, text: str, answer: str) -> Locator:
        """Say a command, and wait for an answer of these words that only this person sees."""
        heard = self.visit.page.locator("li.ephemeral", has_text=answer)
        before = heard.count()
        self.say(text)
        expect(heard).to_have_count(before + 1)
        return heard.last

    def card(self, words: str) -> Locator:
        """The newest message of the app to all that says this; waits until it is there."""
        found = self.visit.page.locator("#messages li.message:not(.ephemeral)", has_text=words).last
        expect(found).to_be_visible()
        return found

    def ask(self, on: Locator, words: str) -> Locator:
        """Press a button that asks before it counts, and give the question."""
        self.press(on, words)
        question = self.visit.page.locator("#confirm")
        expect(question).to_be_visible()
        return question

    def press(self, on: Locator, words: str) -> None:
        """Press a button that begins with these words."""
        button = on.locator("button.button", has_text=words).first
        expect(button).to_be_visible()
        button.click()

    def say_yes(self, answer: str) -> Locator:
        """Answer the question with yes, and wait for what the person is told."""
        heard = self.visit.page.locator("li.ephemeral", has_text=answer)
        before = heard.count()
        self.visit.page.locator("#confirm button[value=yes]").click()
        expect(heard).to_have_count(before + 1)
        return heard.last

    def modal(self, title: str) -> Locator:
        """The modal of this title, with what the app fills it with."""
        found = self.visit.page.locator("#modal", has_text=title)
        expect(found).to_be_visible()
        return found

    def send(self) -> None:
        """Submit the modal and see it go."""
        modal = self.visit.page.locator("#modal")
        modal.locator("button.primary").click()
        expect(modal).not_to_be_visible()
