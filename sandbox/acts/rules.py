"""What a person's client lets them do at all."""

from sandbox.blockkit.inputs import find_element
from sandbox.errors import ImpossibleActError, SlackError
from sandbox.model.messages import Ephemeral, Message
from sandbox.model.views import View
from sandbox.model.workspace import Workspace
from sandbox.seed import Channel, User


def active_user(workspace: Workspace, user_id: str) -> User:
    """Someone who can sign in; ImpossibleActError for unknown and deactivated people."""
    user = workspace.directory.users.get(user_id)
    if user is None or user.deleted:
        raise ImpossibleActError(f"{user_id} cannot sign in")
    return user


def open_channel(workspace: Workspace, user_id: str, channel_id: str) -> Channel:
    """A channel that the person is in; ImpossibleActError for one that they cannot see."""
    try:
        channel = workspace.channels.get(channel_id)
    except SlackError:
        raise ImpossibleActError(f"there is no channel {channel_id}") from None
    if not workspace.channels.is_seen_by(channel, user_id):
        raise ImpossibleActError(f"{user_id} does not see {channel_id}")
    return channel


def visible_message(workspace: Workspace, user_id: str, channel_id: str, ts: str) -> Message | Ephemeral:
    """A message on the person's screen; ImpossibleActError when they do not see it."""
    open_channel(workspace, user_id, channel_id)
    whispered = workspace.messages.find_ephemeral(channel_id, ts)
    if whispered is not None and whispered.user == user_id:
        return whispered
    try:
        return workspace.messages.find(channel_id, ts)
    except SlackError:
        raise ImpossibleActError(f"{user_id} sees no message {ts} in {channel_id}") from None


def newest_with(workspace: Workspace, user_id: str, channel_id: str, action_id: str) -> Message | Ephemeral:
    """The newest message on the person's screen, replies and ephemerals included, that has this element."""
    open_channel(workspace, user_id, channel_id)
    shown: list[Message | Ephemeral] = [
        *workspace.messages.everything(channel_id),
        *workspace.messages.whispers(channel_id, user_id),
    ]
    for message in sorted(shown, key=lambda one: float(one.ts), reverse=True):
        if find_element(message.blocks, action_id, None):
            return message
    raise ImpossibleActError(f"{user_id} sees nothing with the action_id {action_id!r} in {channel_id}")


def visible_view(workspace: Workspace, user_id: str, view_id: str) -> View:
    """The person's Home tab or the modal on top of their stack; what lies below cannot be reached."""
    home = workspace.views.home(user_id)
    top = workspace.views.stack(user_id)[-1:]
    for view in (*top, *([home] if home else [])):
        if view.id == view_id:
            return view
    raise ImpossibleActError(f"{user_id} does not see the view {view_id}")
