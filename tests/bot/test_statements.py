"""What one act costs the database does not grow with the history of a case, and stays within what is written down."""

from benchmarks.statements import costs

LIMITS = {"draft": 51, "approval": 40, "last approval and release": 112, "status": 14, "withdrawal": 62}
"""Statements of the worker until nothing is left to be done, without BEGIN and COMMIT; see `make statements`."""


def test_statements_do_not_grow_with_the_versions(sqlite_steps):
    """The sixth version costs what the second did, the first to replace another; no act exceeds its limit."""
    found = {(cost.version, cost.act): cost.statements for cost in costs(sqlite_steps, (1, 2, 6))}
    sixth, second = ({act: n for (version, act), n in found.items() if version == number} for number in (6, 2))
    withdrawal = sixth.pop("withdrawal")
    assert sixth == second
    assert {act: n for (_, act), n in found.items() if n > LIMITS[act]} == {}
    assert withdrawal == LIMITS["withdrawal"]
