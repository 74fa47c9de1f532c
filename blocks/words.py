"""The words of values, fields and holds for people inside, one way everywhere: cards, answers, command line."""

from collections.abc import Iterable
from typing import Final

from profiles.codes import Section
from profiles.models import Profile
from profiles.safetext import SafeText
from transforms.model.package import (
    ACCOUNT,
    AS_OF,
    CHANGED,
    NEXT_UPDATE,
    OVERALL,
    REFERENCE,
    REPLACES,
    VERSION,
    Coded,
    FieldValue,
    Held,
    Worded,
)


def value_words(value: FieldValue | None) -> str:
    """`degraded (SC1)`, `held (H2)`, a detail's words, or `not listed`."""
    match value:
        case Coded(words=words, code=code):
            return f"{words} ({code})"
        case Held(number=number):
            return f"held (H{number})"
        case Worded(words=words):
            return f"“{words}”"
    return "not listed"


FRAME: Final = {
    ACCOUNT: "Account",
    OVERALL: "Overall status",
    VERSION: "Version",
    CHANGED: "What changed",
    AS_OF: "As of",
    NEXT_UPDATE: "Next update",
    REPLACES: "Replaced version",
    REFERENCE: "Reference",
    "timeline": "Timeline",
    "entitlement": "State of the service",
}
"""The values around the fields, and the holds that cover a whole section."""


def field_words(field: str, profile: Profile) -> str:
    """`Payments API, Europe` for `status/payments-api/europe`; the id itself for what the profile no longer names."""
    if field in FRAME:
        return FRAME[field]
    section, *place = field.split("/")
    labels = {
        **{capability.id: str(capability.label) for capability in profile.capabilities},
        **{region.id: str(region.label) for region in profile.regions},
        **{code.code: str(code.label) for code in profile.checkpoints.codes},
        **{category.id: str(category.label) for category in profile.categories},
    }
    place = place[:1] if section == Section.DETAIL else place
    if not place or not all(part in labels for part in place):
        return field
    named = ", ".join(labels[part] for part in place)
    whole = named if len(place) > 1 else f"{named} status"
    known = {"status": whole, "workaround": f"{named} workaround", "timeline": f"Timeline, {named}"}
    return known.get(section, named)


def role_words(role: str) -> str:
    """A role as people say it: `Incident command`."""
    return role.replace("_", " ").capitalize()


def list_words(items: Iterable[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    *first, end = [*items] or ["nothing"]
    return f"{', '.join(first)} {last} {end}" if first else end


def short_digest(digest: str) -> str:
    """The short form of a digest, as the customer's reference is written: `7f3a 91c2`."""
    return str(SafeText.of_digest(digest))


def duration_words(minutes: int) -> str:
    """`34 min`, `2 h 05`, `3 days`."""
    if minutes < 60:  # noqa: PLR2004 -- minutes of an hour
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest:02}" if hours < 48 else f"{hours // 24} days"  # noqa: PLR2004 -- two days of hours
