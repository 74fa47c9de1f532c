"""Views of people: their stack of modals and their Home tab."""

from dataclasses import dataclass, field
from enum import StrEnum

from sandbox.blockkit.inputs import State, initial_state
from sandbox.documents import JsonObject
from sandbox.errors import SlackError
from sandbox.ids import new_id

STACK_LIMIT = 3


class ViewKind(StrEnum):
    """Where a view is shown."""

    MODAL = "modal"
    HOME = "home"


@dataclass
class View:
    """One view as it stands on a person's screen: what the app sent, and what the person has entered so far."""

    id: str
    user: str
    kind: ViewKind
    content: JsonObject
    hash: str
    root_id: str
    previous_id: str | None = None
    state: State = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def blocks(self) -> list[JsonObject]:
        """The blocks of the view."""
        return list(self.content["blocks"])

    @property
    def external_id(self) -> str:
        """The app's own name for the view, or an empty string."""
        return str(self.content.get("external_id") or "")


class Views:
    """Every open view. A closed modal is forgotten: Slack then answers `not_found`."""

    def __init__(self) -> None:
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}
        self._hashes = 0

    def stack(self, user: str) -> list[View]:
        """A person's open modals, the visible one last."""
        return list(self._stacks.get(user, []))

    def home(self, user: str) -> View | None:
        """A person's Home tab, if the app has published one."""
        return self._homes.get(user)

    def open(self, user: str, content: JsonObject) -> View:
        """Open a new modal on top of whatever the person sees."""
        view = self._make(user, ViewKind.MODAL, content)
        self._stacks.setdefault(user, []).append(view)
        return view

    def push(self, user: str, content: JsonObject) -> View:
        """Push onto the person's stack; SlackError `push_limit_reached` above three, `not_found` without a modal."""
        stack = self._stacks.get(user) or []
        if not stack:
            raise SlackError("not_found")
        if len([view for view in stack if view.root_id == stack[-1].root_id]) >= STACK_LIMIT:
            raise SlackError("push_limit_reached")
        view = self._make(user, ViewKind.MODAL, content)
        view.root_id, view.previous_id = stack[-1].root_id, stack[-1].id
        stack.append(view)
        return view

    def publish(self, user: str, content: JsonObject, expected_hash: str | None) -> View:
        """Replace a person's Home tab; SlackError `hash_conflict` when someone else was faster."""
        current = self._homes.get(user)
        if current is not None:
            return self.replace(current, content, expected_hash)
        self._homes[user] = self._make(user, ViewKind.HOME, content)
        return self._homes[user]

    def replace(self, view: View, content: JsonObject, expected_hash: str | None) -> View:
        """Draw a view again; what was entered stays for inputs that keep both block_id and action_id."""
        if expected_hash and expected_hash != view.hash:
            raise SlackError("hash_conflict")
        self._refuse_taken(content, view)
        view.content, view.hash, view.errors = content, self._next_hash(), {}
        view.state = initial_state(content["blocks"], view.state)
        return view

    def find(self, view_id: str | None, external_id: str | None) -> View:
        """The open view with this id or external id; SlackError `not_found` when it is closed or never was."""
        for view in self._all():
            if view.id == view_id or (external_id and view.external_id == external_id):
                return view
        raise SlackError("not_found")

    def close(self, view: View) -> None:
        """Close one modal; the one below it shows again."""
        self._stacks[view.user] = [other for other in self.stack(view.user) if other is not view]

    def clear(self, user: str) -> list[View]:
        """Close all modals of a person and say which they were, the visible one first."""
        return list(reversed(self._stacks.pop(user, [])))

    def _all(self) -> list[View]:
        return [view for stack in self._stacks.values() for view in stack] + list(self._homes.values())

    def _make(self, user: str, kind: ViewKind, content: JsonObject) -> View:
        self._refuse_taken(content, None)
        view_id = new_id("V0")
        state = initial_state(content["blocks"], {})
        return View(view_id, user, kind, content, self._next_hash(), view_id, state=state)

    def _refuse_taken(self, content: JsonObject, own: View | None) -> None:
        name = content.get("external_id")
        if name and any(view is not own and view.external_id == name for view in self._all()):
            raise SlackError("duplicate_external_id")

    def _next_hash(self) -> str:
        self._hashes += 1
        return f"{1700000000 + self._hashes}.{new_id('', 8).lower()}"
