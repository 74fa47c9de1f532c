"""The faults of Slack that tests of the bot go through: all of them, each marked for when it is tried."""

from typing import Any

import pytest

from sandbox.faults import DELIVERY_FAULTS, FaultKind

CALLS = [kind for kind in FaultKind if kind not in DELIVERY_FAULTS]
"""Every way in which a call goes wrong."""

ALIKE = frozenset(
    {FaultKind.HTTP_503, FaultKind.EMPTY_BODY, FaultKind.TRUNCATED_JSON, FaultKind.ACCEPT_THEN_RESET, FaultKind.SLOW}
)
"""What the client takes for the same as another that is tried always (tests/bot/slack/test_api.py has all of them)."""


def each(*cases: Any) -> list[Any]:
    """Cases that are a fault or begin with one: those that are like another are left to the long runs."""
    return [pytest.param(*case, marks=_marks(case[0])) for case in (_tuple(case) for case in cases)]


def _tuple(case: Any) -> tuple[Any, ...]:
    return case if isinstance(case, tuple) else (case,)


def _marks(kind: FaultKind) -> Any:
    return pytest.mark.torture if kind in ALIKE else ()
