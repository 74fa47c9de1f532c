"""Work: takes requests from the inbox, serial per incident, and delivers the outbox; many workers may share a database.

A request is dispatched outside any transaction; what it does is one short transaction together with the mark that it
was done. If somebody else moved first, it is dispatched again from what is then true.
"""

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

from blocks import say
from blocks.drawing import NAME, Block, modal, sentence
from blocks.ids import CallbackId
from bot.app import Bot
from bot.clock import Task
from bot.delivery.outbox import deliver_next
from bot.intake.capture import opens_modal
from bot.intake.requests import ActionRequest, AnyRequest, SubmissionRequest, UnreadableError, read_request
from bot.process.schedule import Job, Schedule, Ticker, jobs_of
from bot.workflows import messages
from bot.workflows.dispatch import dispatch
from bot.workflows.effects import Answer, Effect, OpenModal, Reply, answer_only, reply
from bot.workflows.messages import FillModal, enqueue
from bot.workflows.progress import end_progress
from bot.workflows.traces import begin_row, trace_draft, trace_request
from profiles.errors import UserFixableError
from storage.drafts import MovedError
from storage.log import ActUsedError, ChainMovedError
from storage.queues import Claimed, FenceError, claim_request, finish_request, release_claims
from storage.store import CollisionError, StoreError, Transaction

logger = logging.getLogger("bridgepkg.work")

IDLE_SECONDS: Final = 0.05
BROKEN_SECONDS: Final = 1.0
MOST_TRIES: Final = 5


class Worker:
    """One worker: threads for requests and for the outbox, and a schedule, so that none waits for another."""

    def __init__(self, bot: Bot, name: str, make_ticker: Callable[[Sequence[Job], str], Ticker] = Schedule) -> None:
        self.bot, self.name, self.idle = bot, name, IDLE_SECONDS
        self._stopping = bot.clock.event()
        self._tasks: list[Task] = []
        self._ticker = make_ticker(jobs_of(bot, name), name)

    def start(self) -> None:
        """Free what a predecessor of this name had claimed, then work."""
        with self.bot.store.write() as transaction:
            release_claims(transaction, self.name)
        for step in (work_next, deliver_next):
            self._tasks.append(self.bot.clock.start(f"work-{step.__name__}", partial(self._loop, step)))
        self._ticker.start()

    def stop(self) -> None:
        """Finish what is in hand, then stop."""
        self._stopping.set()
        self._ticker.stop()
        for task in self._tasks:
            task.join()

    def _loop(self, step: Callable[[Bot, str], bool]) -> None:
        clock = self.bot.clock
        while not self._stopping.is_set():
            try:
                busy = step(self.bot, self.name)
            except StoreError as problem:
                logger.error("%s", problem)  # noqa: TRY400 -- one line; the database's own words may hold values
                clock.wait(self._stopping, BROKEN_SECONDS)
                continue
            except Exception as problem:  # the loop outlives a row, whose lease then runs out
                logger.error("unexpected %s in %s", type(problem).__name__, step.__name__)  # noqa: TRY400
                logger.debug("in %s", step.__name__, exc_info=problem)
                clock.wait(self._stopping, BROKEN_SECONDS)
                continue
            if not busy:
                clock.wait(self._stopping, self.idle)


def work_next(bot: Bot, owner: str) -> bool:
    """Work the oldest claimable request; false when there is none."""
    begin_row(owner)
    with bot.store.write() as transaction:
        claimed = claim_request(transaction, owner, bot.now())
    if claimed is None:
        return False
    trace_request(bot, claimed)
    try:
        _work(bot, claimed)
        logger.info("a request was worked")
    except FenceError:
        logger.warning("another worker has taken over a request")
    return True


def _work(bot: Bot, claimed: Claimed) -> None:
    body: dict[str, Any] = claimed.content["body"]
    bridges = bot.deployment.config.bridges
    try:
        request = read_request(claimed.id, body, claimed.received_at or bot.now(), bridges)
    except UnreadableError as problem:
        logger.warning("a request was not understood: %s", problem)
        with bot.store.write() as transaction:
            finish_request(transaction, claimed)
        return
    if isinstance(request, ActionRequest | SubmissionRequest):
        trace_draft(request.reference.draft)
    modal = opens_modal(body, bridges)
    for _ in range(MOST_TRIES):
        try:
            _finish(bot, claimed, request, _dispatched(bot, request), modal=modal)
        except (MovedError, ChainMovedError, CollisionError):
            continue
        except ActUsedError:
            logger.warning("request %s was worked before; it is not worked again", request.id[:8])
            with bot.store.write() as transaction:
                finish_request(transaction, claimed)
        except (StoreError, FenceError):
            raise
        except Exception as problem:  # noqa: BLE001 -- a request that cannot be done must not stop its incident
            _finish(bot, claimed, request, _our_fault(request, problem), modal=modal)
        return
    _finish(bot, claimed, request, answer_only(reply(say.requests.CONTESTED)), modal=modal)


def _finish(bot: Bot, claimed: Claimed, request: AnyRequest, effect: Effect, *, modal: bool) -> None:
    """The effect, the answer and the mark that the request was worked, in one transaction."""
    with bot.store.write(act=request.id) as transaction:
        answer = effect(transaction)
        end_progress(bot, transaction, request.id, answer)
        _answer(transaction, bot, request, answer, modal=modal)
        finish_request(transaction, claimed)


def _dispatched(bot: Bot, request: AnyRequest) -> Effect:
    """The effect of a request. What is in the way, and our own faults, are told to the person."""
    try:
        return dispatch(bot, request)
    except Exception as problem:  # noqa: BLE001 -- see `_our_fault`
        return _our_fault(request, problem)


def _our_fault(request: AnyRequest, problem: Exception) -> Effect:
    """What a person can fix in its own words, anything else by a reference; nothing was recorded then."""
    if isinstance(problem, UserFixableError):
        return answer_only(reply(say.requests.to_fix(str(problem))))
    logger.error("unexpected %s, request %s", type(problem).__name__, request.id[:8])
    logger.debug("request %s", request.id[:8], exc_info=problem)
    return answer_only(reply(say.requests.failed(request.id[:8])))


def _answer(transaction: Transaction, bot: Bot, request: AnyRequest, answer: Answer, *, modal: bool) -> None:
    """Put the answer into the outbox: into the modal that is open for it, or as an ephemeral message."""
    if answer is None:
        return
    if isinstance(answer, OpenModal) or modal:
        enqueue(transaction, _filling(request, answer), bot.now())
    else:
        enqueue(transaction, _whisper(request, answer), bot.now())


def _whisper(request: AnyRequest, answer: Reply) -> messages.Answer:
    return messages.Answer(
        request=request.id,
        channel=request.channel,
        user=request.person.user,
        response_url=request.response_url,
        text=answer.drawing.text,
        blocks=answer.drawing.blocks,
        harmless=answer.harmless,
    )


def _filling(request: AnyRequest, answer: OpenModal | Reply) -> FillModal:
    view = answer.view if isinstance(answer, OpenModal) else _as_modal(answer)
    return FillModal(
        request=request.id,
        channel=request.channel,
        user=request.person.user,
        view={**view, "external_id": request.id},
        text=answer.drawing.text if isinstance(answer, Reply) else say.requests.FORM_NOT_OPENED,
    )


def _as_modal(answer: Reply) -> Block:
    return modal(NAME, answer.drawing.blocks or sentence(answer.drawing.text).blocks, callback=CallbackId.DETAILS)
