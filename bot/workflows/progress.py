"""Progress: while slow sources are read, one message in the incident's channel shows them arriving, then is the card.

Sources that answer at once show nothing: the card is there as soon as a message would be. The message is noted under
the request before it is posted; the request's one transaction hands it to the draft's card, or has it say what came of
the reading instead. A worker that dies leaves the request in the inbox, and whoever works it again finds the message.
"""

import logging
from collections.abc import Mapping
from contextvars import copy_context
from datetime import timedelta
from functools import partial
from types import TracebackType
from typing import Final, Self

from blocks.drawing import unescape
from blocks.progress import Arrivals, ended_drawing, progress_drawing
from bot.app import Bot
from bot.clock import Task
from bot.slack.errors import LookupFailedError, NotDoneError, RefusedChannelError, UnclearError
from bot.workflows.case import Case, review_channel
from bot.workflows.effects import Answer, Reply, card_target
from bot.workflows.messages import EndProgress, enqueue, progress_target
from bot.workflows.posted import MessageSlot, posted_at, show
from profiles.codes import DraftKind, RegisterCode, SourceState
from storage.cards import become, card_drawn, card_of
from storage.store import CollisionError, StoreError, Transaction
from transforms.model.evidence import SourceHealth

logger = logging.getLogger("bridgepkg.work")

SLOW_SECONDS: Final = 0.7
"""A reading that takes no longer shows nothing: it would only flicker."""

EVERY_SECONDS: Final = 1.0
"""How often the message is drawn again, at most (Slack: one edit a second)."""

LOOK_BACK: Final = timedelta(days=1)


class Progress:
    """Shows one reading to its incident's channel while the block runs; whatever is in the way of that is no matter."""

    def __init__(self, bot: Bot, case: Case, request: str) -> None:
        self.bot, self.case, self.request = bot, case, request
        self._healths: list[SourceHealth] = []
        self._done = bot.clock.event()
        self._watching: Task | None = None

    def __enter__(self) -> Self:
        """Begin to watch."""
        self._watching = self.bot.clock.start("progress", partial(copy_context().run, self._watch), daemon=True)
        return self

    def __exit__(self, _kind: type[BaseException] | None, _problem: object, _trace: TracebackType | None) -> None:
        """Say nothing more; what becomes of the message is the request's transaction's to say."""
        self._done.set()
        if self._watching:
            self._watching.join()

    def arrived(self, health: SourceHealth) -> None:
        """One source is read, or could not be."""
        self._healths.append(health)

    def _watch(self) -> None:
        pause = SLOW_SECONDS
        while not self.bot.clock.wait(self._done, pause):
            try:
                self._show()
            except (NotDoneError, UnclearError, RefusedChannelError, LookupFailedError) as problem:
                logger.info("progress is not shown: %s", type(problem).__name__)
                return
            except (StoreError, CollisionError) as problem:
                logger.info("progress is not kept: %s", type(problem).__name__)
            pause = EVERY_SECONDS

    def _show(self) -> None:
        channel = self.case.bridge_case.channel
        drawn = progress_drawing(str(self.case.audience.label), self._arrivals())
        show(self.bot, MessageSlot(progress_target(self.request), channel, self.bot.now() - LOOK_BACK), drawn)

    def _arrivals(self) -> Arrivals:
        profile, healths = self.case.profile, tuple(self._healths)
        kinds: Mapping[str, str] = {source.name: source.kind for source in profile.sources}
        names = [name for name, _ in self.bot.deployment.sources.by_name]
        read = [health.source for health in healths if health.state is SourceState.READ]
        unread = [health.source for health in healths if health.state is not SourceState.READ]
        awaited = [name for name in names if name not in {*read, *unread}]
        here, late, failed = (tuple(kinds.get(name, "other") for name in group) for group in (read, awaited, unread))
        fixes = next(rule.role for rule in profile.register_ if rule.code is RegisterCode.SOURCE_UNAVAILABLE)
        return Arrivals(here, late, failed, fixes)


def hand_over_to_card(bot: Bot, transaction: Transaction, case: Case, request: str, draft: str) -> None:
    """From now on the reading's message is the new draft's card in the incident's own channel, if one goes there.

    Unless the draft has taken one over from the draft that it replaces: then the message says what came of the reading.
    """
    roles = case.profile.gates_for(DraftKind.UPDATE)
    here = next(
        (role for role in roles if review_channel(bot, case.bridge_case, role) == case.bridge_case.channel), None
    )
    if here and card_of(transaction, card_target(draft, here)) is None:
        become(transaction, progress_target(request), card_target(draft, here))


def end_progress(bot: Bot, transaction: Transaction, request: str, answer: Answer) -> None:
    """A request is done and its reading's message did not become a card: it is to say what came of it."""
    if card_of(transaction, progress_target(request)):
        text = unescape(answer.drawing.text) if isinstance(answer, Reply) else ""
        enqueue(transaction, EndProgress(request=request, text=text), bot.now())


def deliver_end(bot: Bot, message: EndProgress) -> None:
    """Draw what came of a reading in the place of its progress; a message that was never posted needs no end."""
    with bot.store.read() as transaction:
        record = card_of(transaction, message.target)
    ts = posted_at(bot, record, bot.now() - LOOK_BACK) if record else None
    if record and ts:
        bot.internal.update(record.channel, ts, ended_drawing(message.text))
        with bot.store.write() as transaction:
            card_drawn(transaction, message.target, ts, "ended")
