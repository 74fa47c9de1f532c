"""The customer's message: package to text and blocks, the exact bytes that are approved and posted.

Every word comes from the profile or the package as `SafeText`; this module only writes it as Slack wants it. Blocks
carry ids of our own, are never interactive, are verbatim and expanded. The fallback text is the whole message, because
screen readers and notifications read it instead of the blocks (Slack: chat.postMessage, argument `text`).
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from pydantic import JsonValue

from profiles.frozen import Digest, Frozen, Time
from profiles.models import Profile
from profiles.safetext import Phrase, SafeText, Separator
from transforms.model.canonical import digest
from transforms.model.package import Acknowledgement, Package
from transforms.publish.sentences import Paragraph, Sentences, minutes_of

TEXT_LIMIT: Final = 2200
"""Characters of fallback text: room for a notice before chat.update's 4,000."""

BLOCKS_LIMIT: Final = 7500
"""Characters of text in all blocks: room for the review card around it below Slack's 13,200."""

SECTION_LIMIT: Final = 3000
BLOCK_COUNT_LIMIT: Final = 40
"""Slack takes 50; the review card needs some around the message."""

ACKNOWLEDGEMENT: Final = "acknowledgement"
PROMISING: Final = ("bridge-footer", f"bridge-{ACKNOWLEDGEMENT}")
"""The blocks that promise an update; a closed message keeps neither, in no form."""

Block = dict[str, JsonValue]


class Message(Frozen):
    """Exactly what Slack gets: `text` and `blocks` of one message."""

    text: str
    blocks: tuple[Block, ...]

    @property
    def digest(self) -> Digest:
        """SHA-256 of the canonical bytes; what people approve and what is read back must agree with it."""
        return digest(self)

    @property
    def excess(self) -> tuple[str, ...]:
        """Which limits the message breaks, in words for people inside; empty when it fits one Slack message."""
        texts = list(block_texts(self.blocks))
        measured = (
            ("characters of text", len(self.text), TEXT_LIMIT),
            ("characters in blocks", sum(map(len, texts)), BLOCKS_LIMIT),
            ("characters in one block", max(map(len, texts)), SECTION_LIMIT),
            ("blocks", len(self.blocks), BLOCK_COUNT_LIMIT),
        )
        return tuple(f"{size} {what}, at most {limit}" for what, size, limit in measured if size > limit)


def message(package: Package, profile: Profile) -> Message:
    """The customer's message for one package."""
    sentences = Sentences(package, profile)
    paragraphs, codes = sentences.paragraphs(), sentences.codes()
    grey = _grey(escape(str(codes)), _reader_time(profile.phrases.footer.reader_time, package.as_of))
    whole = (*paragraphs, Paragraph(id="codes", lines=(codes,)))
    return Message(text=_text(whole), blocks=(*map(_section, paragraphs), grey))


def acknowledgement_message(notice: Acknowledgement, profile: Profile) -> Message:
    """The message of the first ten minutes' notice (promise P12)."""
    within = SafeText.of_number(minutes_of(notice.next_update - notice.as_of))
    words = profile.notices.acknowledgement.fill(account=notice.account, minutes=within)
    paragraph = Paragraph(id=ACKNOWLEDGEMENT, lines=(words,))
    return Message(text=_text((paragraph,)), blocks=(_section(paragraph),))


def _text(paragraphs: Iterable[Paragraph]) -> str:
    return escape(str(SafeText.join(Separator.PARAGRAPH, (_plain(paragraph) for paragraph in paragraphs))))


def _plain(paragraph: Paragraph) -> SafeText:
    """Lead and lines, and under them each item of the list on its own."""
    lead = (paragraph.lead,) if paragraph.lead else ()
    return SafeText.join(Separator.BULLET, (SafeText.join(Separator.LINE, (*lead, *paragraph.lines)), *paragraph.items))


def _section(paragraph: Paragraph) -> Block:
    plain, lead = escape(str(_plain(paragraph))), escape(str(paragraph.lead or ""))
    return section(f"bridge-{paragraph.id}", f"*{lead}*{plain.removeprefix(lead)}" if lead else plain)


def section(block_id: str, mrkdwn: str) -> Block:
    """A section that Slack shows whole ("see more" would hide the end) and does not reinterpret."""
    text: JsonValue = {"type": "mrkdwn", "text": mrkdwn, "verbatim": True}
    return {"type": "section", "block_id": block_id, "text": text, "expand": True}


def _reader_time(phrase: Phrase, as_of: Time) -> str:
    """The as-of in the reader's own zone; every other time stays UTC so that both sides speak of the same one."""
    tokens = {"time": date_token(as_of), "": ""}
    return "".join(escape(literal) + tokens[place] for literal, place in phrase.pieces)


def _grey(*mrkdwn: str) -> Block:
    """One small grey line, for what only supports the words."""
    elements: list[JsonValue] = [{"type": "mrkdwn", "text": text, "verbatim": True} for text in mrkdwn]
    return {"type": "context", "block_id": "bridge-codes", "elements": elements}


def date_token(moment: datetime) -> str:
    """Slack's date in the reader's zone, with a fallback that names its zone (Slack: formatting, "date")."""
    return f"<!date^{int(moment.timestamp())}^{{date_short_pretty}} {{time}}|{moment:%Y-%m-%d %H:%M} UTC>"


def escape(text: str) -> str:
    """The three characters that Slack reads as markup, `&` first."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def block_texts(blocks: Iterable[Any]) -> Iterator[str]:
    """Every string under a `text` key, at any depth: what a reader of the blocks sees."""
    pending: list[Any] = list(blocks)
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            if isinstance(item.get("text"), str):
                yield item["text"]
            pending.extend(item.values())
        elif isinstance(item, list | tuple):
            pending.extend(item)


def replaced_message(
    original: Message, profile: Profile, version: SafeText, at: SafeText, address: str | None
) -> Message:
    """The released message under the notice that a later version replaced it, with the link where Slack gave one."""
    link = f" <{escape(address)}|{escape(str(profile.notices.replaced_link))}>" if address else ""
    return _under(profile.notices.replaced.fill(version=version, time=at), original, link)


def overdue_message(original: Message, profile: Profile, due: SafeText) -> Message:
    """The released message under the notice that its promised update is late (promise P12)."""
    return _under(profile.notices.overdue.fill(time=due), original)


def closed_message(original: Message, account: SafeText, profile: Profile, at: SafeText) -> Message:
    """The last message under the notice that nothing follows it, without what promised an update."""
    return _under(profile.notices.closed.fill(account=account, time=at), _without_promise(original))


def _without_promise(original: Message) -> Message:
    promising = [block for block in original.blocks if block["block_id"] in PROMISING]
    promised = set(block_texts(promising))
    kept = [paragraph for paragraph in original.text.split(Separator.PARAGRAPH) if paragraph not in promised]
    blocks = tuple(block for block in original.blocks if block not in promising)
    return Message(text=Separator.PARAGRAPH.join(kept), blocks=blocks)


def _under(notice: SafeText, original: Message, link: str = "") -> Message:
    words = escape(str(notice))
    block = section("bridge-notice", f"*{words}*{link}")
    text = f"{words}\n\n{original.text}" if original.text else words
    return Message(text=text, blocks=(block, *original.blocks))


def withdrawn_message(account: SafeText, profile: Profile, at: SafeText) -> Message:
    """The fixed notice that takes a message back, and nothing else (promise P11)."""
    words = escape(str(profile.notices.withdrawn.fill(account=account, time=at)))
    return Message(text=words, blocks=(section("bridge-notice", words),))


SLACK_ADDS: Final = {"verbatim": False, "emoji": True, "expand": False, "accessory": None, "optional": False}
"""Keys that Slack adds to what is posted, with the values that mean nothing (seen in conversations.history)."""


def reads_the_same(sent: Message, text: str, blocks: Iterable[Any]) -> bool:
    """Whether what Slack shows is what was sent, in a normal form without the defaults that Slack adds."""
    return sent.text == text and [_normal(block) for block in sent.blocks] == [_normal(block) for block in blocks]


def _normal(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _normal(v) for k, v in value.items() if k not in SLACK_ADDS or v != SLACK_ADDS[k]}
    if isinstance(value, list | tuple):
        return [_normal(item) for item in value]
    return value
