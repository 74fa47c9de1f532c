"""The chat.* methods: posting, editing and deleting messages."""

from sandbox.blockkit.limits import LIMITS
from sandbox.documents import JsonObject
from sandbox.errors import SlackError
from sandbox.methods.call import ApiCall
from sandbox.methods.content import Content, read_content, read_metadata
from sandbox.model.channels import Readers
from sandbox.model.messages import Message
from sandbox.seed import Channel

PUBLIC_POST_SCOPE = "chat:write.public"


def post_message(call: ApiCall) -> JsonObject:
    """chat.postMessage. A long text without blocks becomes several messages; the first is the one that is answered."""
    channel = _postable(call)
    content = read_content(call, "message text")
    metadata = read_metadata(call) or None
    thread_ts = _thread_root(call, channel)
    call.readers = call.workspace.channels.readers(channel)
    posted = [_post(call, channel, Content(part, content.blocks, content.sent_with)) for part in _parts(content)]
    for message in posted:
        message.thread_ts, message.metadata = thread_ts, metadata
        message.broadcast = bool(thread_ts) and call.flag("reply_broadcast")
    call.workspace.feed.touch()
    first = posted[0]
    shape = call.workspace.shapes.message(first, with_metadata=True)
    return {"channel": channel.id, "ts": first.ts, "message": shape}


def post_ephemeral(call: ApiCall) -> JsonObject:
    """chat.postEphemeral: only its reader sees it, it cannot be edited, and history does not know it."""
    channel, user = _postable(call), call.need("user")
    content = read_content(call, "message text")
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    workspace = call.workspace
    call.readers = _one_reader(call, user)
    whispered = workspace.messages.whisper(
        channel.id, user, content.text, blocks=content.stored_blocks, thread_ts=call.text("thread_ts")
    )
    workspace.feed.touch()
    return {"message_ts": whispered.ts}


def update(call: ApiCall) -> JsonObject:
    """chat.update. Text without blocks removes the blocks; metadata stays unless it is given."""
    message = _own_message(call, "cant_update_message")
    if call.workspace.channels.get(message.channel).is_archived:
        raise SlackError("is_inactive")
    content = read_content(call, "updated message text")
    metadata = read_metadata(call)
    _refuse_closed_window(call, message)
    call.workspace.messages.rewrite(message, content.text, content.stored_blocks)
    message.sent_with = content.sent_with
    if metadata is not None:
        message.metadata = metadata or None
    call.readers = call.workspace.channels.readers(call.workspace.channels.get(message.channel))
    call.workspace.feed.touch()
    shape = call.workspace.shapes.message(message, with_metadata=True)
    return {"channel": message.channel, "ts": message.ts, "text": message.text, "message": shape}


def delete(call: ApiCall) -> JsonObject:
    """chat.delete: only the app's own messages."""
    message = _own_message(call, "cant_delete_message")
    call.workspace.messages.remove(message)
    call.workspace.feed.touch()
    return {"channel": message.channel, "ts": message.ts}


def get_permalink(call: ApiCall) -> JsonObject:
    """chat.getPermalink."""
    channel = call.workspace.channels.visible(call.need("channel"))
    message = call.workspace.messages.find(channel.id, call.need("message_ts"))
    link = f"https://{call.workspace.directory.home.domain}.slack.com/archives/{channel.id}"
    link += f"/p{message.ts.replace('.', '')}"
    if message.thread_ts and message.thread_ts != message.ts:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def _postable(call: ApiCall) -> Channel:
    """The channel to post to: by id, by #name, or a person's id for a direct message."""
    channels, wanted = call.workspace.channels, call.need("channel")
    if wanted in call.workspace.directory.users:
        return channels.direct_message(wanted)
    named = [channel.id for channel in channels.seen_by_app() if channel.name and f"#{channel.name}" == wanted]
    channel = channels.visible(named[0] if named else wanted)
    is_open = not channel.is_private and PUBLIC_POST_SCOPE in call.workspace.scopes
    channel = channel if is_open else channels.joined(channel.id)
    refusals = {
        "is_archived": channel.is_archived,
        "restricted_action": channel.is_frozen,
        "restricted_action_read_only_channel": channel.is_read_only,
    }
    for error, applies in refusals.items():
        if applies:
            raise SlackError(error)
    return channel


def _post(call: ApiCall, channel: Channel, content: Content) -> Message:
    return call.workspace.messages.post(
        channel.id,
        call.workspace.directory.app.bot_user_id,
        content.text,
        blocks=content.stored_blocks,
        by_app=True,
        sent_with=content.sent_with,
    )


def _parts(content: Content) -> list[str]:
    size = LIMITS["message text before it is split"]
    if content.blocks or len(content.text) <= size:
        return [content.text]
    return [content.text[start : start + size] for start in range(0, len(content.text), size)]


def _thread_root(call: ApiCall, channel: Channel) -> str | None:
    thread_ts = call.text("thread_ts")
    if thread_ts is None:
        return None
    try:
        parent = call.workspace.messages.find(channel.id, thread_ts)
    except SlackError:
        raise SlackError("thread_not_found") from None
    return parent.thread_ts or parent.ts


def _own_message(call: ApiCall, refusal: str) -> Message:
    channel = call.workspace.channels.visible(call.need("channel"))
    message = call.workspace.messages.find(channel.id, call.need("ts"))
    if not message.by_app or message.is_tombstone:
        raise SlackError(refusal)
    return message


def _refuse_closed_window(call: ApiCall, message: Message) -> None:
    window = call.workspace.seed.edit_window_seconds
    if window is not None and call.workspace.clock() - float(message.ts) > window:
        raise SlackError("edit_window_closed")


def _one_reader(call: ApiCall, user: str) -> Readers:
    outside = call.workspace.directory.is_outsider(user)
    return Readers(outside=(user,)) if outside else Readers(inside=(user,))
