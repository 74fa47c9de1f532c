"""The small profiles under which worlds are drawn: the shipped words, two capabilities, and three ways to decide."""

from functools import cache
from typing import Any

from profiles.models import Profile
from tests.builders import ACCOUNT, make_profile

LIMIT = 30
KINDS = {
    "pager": "incident",
    "north": "health",
    "south": "health",
    "page": "health",
    "map": "dependency",
    "board": "workaround",
    "crm": "entitlement",
    "notes": "security-note",
    "room": "timeline",
}
RAW = {
    "north": ("quiet", "warn", "crit"),
    "south": ("ok", "bad", "down"),
    "page": ("up", "slow", "out"),
}
"""How each health source says unaffected, degraded and disrupted; `dead` of north means disrupted too."""
READINESS = ("todo", "doing", "done")


@cache
def small_profile(variant: int = 0) -> Profile:
    """Two capabilities, two regions, nine sources; the shipped words. Each variant says something else as data."""
    return make_profile(**_base() | VARIANTS[variant]())


def _base() -> dict[str, Any]:
    return {
        "sources": [
            {"name": name, "kind": kind, "max_age_at_build": LIMIT, "max_age_at_release": 60}
            for name, kind in KINDS.items()
        ],
        "regions": [_region("east", "Europe", "e1", "E"), _region("west", "Americas", "w1", "W")],
        "capabilities": [
            _capability("pay", ["east", "west"], ["north pay-a", "north pay-b", "south pay"], ["pg-pay-e", "pg-pay-w"]),
            _capability("rep", ["east"], ["north rep-a"], ["pg-rep"]),
        ],
        "status": {"rows": list(_status_rows())},
        "incident": {"rows": [{"id": "IN-1", "source": "pager", "value": "acknowledged", "state": "open"}]},
        "readiness": {
            "rows": [_row(f"WR-{n}", "board", raw, f"W{n}") for n, raw in enumerate(("todo", "doing", "done"))]
        },
        "checkpoints": {
            "rows": [_row(f"CP-{n}", "room", raw, f"T{n}") for n, raw in ((1, "hit"), (2, "look"), (3, "fix"))]
        },
        "tiers": [
            _tier("TR-1", "gold", ["status", "since", "workaround", "timeline"]),
            _tier("TR-2", "silver", ["status", "timeline"]),
        ],
        "disclosure": [
            _rule("DR-1", {"kind": "dependency", "labels": ["restricted"]}, "exploitability-restricted", "dependency"),
            _rule("DR-2", {"kind": "security-note", "tlp": ["RED", "AMBER"]}, "security-review-pending", "technical"),
            _rule("DR-3", {"kind": "dependency", "labels": ["contract"]}, "legal-review-pending", "technical"),
        ],
    }


def _settling() -> dict[str, Any]:
    """Disagreements are settled, one way for each kind, and a cell reads as the share of its components."""
    shares = [{"id": "SH-1", "at_least": 1, "code": "SC1"}, {"id": "SH-2", "at_least": 60, "code": "SC2"}]
    conflicts = {"same_side": "worst", "sides": "authority"}
    return {"status": {"rows": list(_status_rows()), "conflicts": conflicts, "shares": shares}}


def _generalising() -> dict[str, Any]:
    """Every way of disclosure, and a tier whose account has a row of its own."""
    told = {"category": "dependency", "wording": "A part that we do not run ourselves is involved."}
    return {
        "disclosure": [
            {"id": "DR-1", "match": {"kind": "dependency", "globs": ["d2*"], "labels": ["contract"]}, "then": "allow"},
            {"id": "DR-2", "match": {"kind": "dependency", "labels": ["contract"]}, "then": "generalise", **told},
            _rule("DR-3", {"kind": "dependency", "sensitivity": ["high"]}, "reviewer-hold", "dependency", "annex"),
            _rule("DR-4", {"kind": "security-note", "tlp": ["RED"]}, "legal-review-pending", "technical", role="legal"),
            _rule("DR-5", {"kind": "security-note"}, "security-review-pending", "technical"),
        ],
        "tiers": [
            _tier("TR-1", "gold", ["status", "since", "workaround", "timeline"]),
            _tier("TR-2", "silver", ["status", "timeline"])
            | {"capabilities": ["pay"], "required_capabilities": ["pay"]},
            _tier("TR-3", "gold", ["status", "workaround"]) | {"account": ACCOUNT, "regions": ["east"]},
        ],
    }


VARIANTS = (dict, _settling, _generalising)


def _region(name: str, label: str, north: str, south: str) -> dict[str, Any]:
    members = [{"source": "north", "key": north}, {"source": "south", "key": south}, {"source": "crm", "key": north}]
    return {"id": name, "label": label, "members": members}


def _capability(name: str, regions: list[str], components: list[str], pages: list[str]) -> dict[str, Any]:
    inside = [dict(zip(("source", "key"), text.split(), strict=True)) for text in components]
    outside = [{"source": "page", "key": key, "region": region} for key, region in zip(pages, regions, strict=True)]
    named = [{"source": "map", "key": f"m-{name}"}, {"source": "board", "key": f"b-{name}"}]
    label = {"pay": "Payments API", "rep": "Reporting"}[name]
    products = [{"source": "crm", "key": f"P-{name}"}]
    return {
        "id": name,
        "label": label,
        "regions": regions,
        "components": inside + outside + named,
        "products": products,
    }


def _status_rows():
    yield _row("ST-99", "north", "dead", "SC2")
    for number, (source, values) in enumerate(RAW.items()):
        for rank, value in enumerate(values):
            yield _row(f"ST-{number}{rank}", source, value, f"SC{rank}")


def _row(row: str, source: str, value: str, code: str) -> dict[str, str]:
    return {"id": row, "source": source, "value": value, "code": code}


def _tier(row: str, value: str, permitted: list[str]) -> dict[str, Any]:
    return {"id": row, "source": "crm", "value": value, "permitted": permitted, "required": ["status"]}


def _rule(
    row: str, match: dict[str, Any], reason: str, category: str, then: str = "hold", role: str = "security"
) -> dict[str, Any]:
    return {"id": row, "match": match, "then": then, "reason": reason, "category": category, "role": role}
