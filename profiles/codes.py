"""Every closed list of the product, one enum each. A value is never reused for another meaning."""

from enum import StrEnum
from typing import Final


class RecordKind(StrEnum):
    """The seven kinds of authoritative state that the seed names (mission M1)."""

    INCIDENT = "incident"
    HEALTH = "health"
    ENTITLEMENT = "entitlement"
    WORKAROUND = "workaround"
    DEPENDENCY = "dependency"
    SECURITY_NOTE = "security-note"
    TIMELINE = "timeline"


class Side(StrEnum):
    """Which side a health record faces. Without it, disagreement in timing could not be stated."""

    INTERNAL = "internal"
    CUSTOMER = "customer"


class SourceState(StrEnum):
    """What became of one attempt to read a source.

    `incomplete` was read, but not whole: what it says counts, and what it does not say means nothing (promise P14).
    """

    READ = "read"
    INCOMPLETE = "incomplete"
    UNAVAILABLE = "unavailable"
    MALFORMED = "malformed"


class Unplaced(StrEnum):
    """Why an item that was read stands in no table: nobody can say yet what it is about (promise P14)."""

    NO_COMPONENT = "no-component"
    UNKNOWN_COMPONENT = "unknown-component"
    UNKNOWN_REGION = "unknown-region"
    UNKNOWN_TIME = "unknown-time"
    NO_INCIDENT = "no-incident"
    UNREADABLE = "unreadable"


class IncidentState(StrEnum):
    """How an incident stands by its own account, the worst first."""

    OPEN = "open"
    WATCHED = "watched"
    RESOLVED = "resolved"


class Section(StrEnum):
    """The parts of a `service-state/1` package that hold fields, in the order in which a customer reads them."""

    STATUS = "status"
    WORKAROUND = "workaround"
    TIMELINE = "timeline"
    DETAIL = "detail"


class FieldClass(StrEnum):
    """What an entitlement permits or requires, by kind of field (mission M5)."""

    STATUS = "status"
    SINCE = "since"
    WORKAROUND = "workaround"
    TIMELINE = "timeline"


class HoldReason(StrEnum):
    """Why something is held, the most serious first. Internal: the customer reads the profile's public wording."""

    EXPLOITABILITY_RESTRICTED = "exploitability-restricted"
    SECURITY_REVIEW_PENDING = "security-review-pending"
    LEGAL_REVIEW_PENDING = "legal-review-pending"
    REVIEWER_HOLD = "reviewer-hold"
    LINEAGE_INCOMPLETE = "lineage-incomplete"
    SOURCE_UNAVAILABLE = "source-unavailable"
    SOURCE_STALE = "source-stale"
    SOURCE_INCOMPLETE = "source-incomplete"
    UNMAPPED_VALUE = "unmapped-value"
    UNPLACED_EVIDENCE = "unplaced-evidence"
    SOURCE_CONFLICT = "source-conflict"
    TIMING_DISAGREEMENT = "timing-disagreement"


class RegisterCode(StrEnum):
    """Exceptions found while building or releasing. The profile says which block and which role decides."""

    UNCLEARED_DETAIL = "uncleared-detail"
    CLEARANCE_NARROWED = "clearance-narrowed"
    TIMING_DISAGREEMENT = "timing-disagreement"
    MATERIAL_CHANGE = "material-change"
    SOURCE_STALE = "source-stale"
    SOURCE_CONFLICT = "source-conflict"
    SOURCE_UNAVAILABLE = "source-unavailable"
    UNMAPPED_VALUE = "unmapped-value"
    REQUIRED_FIELD_HELD = "required-field-held"
    ENTITLEMENT_CHANGED = "entitlement-changed"
    LEAK_SUSPECTED = "leak-suspected"
    COMMITMENT_LANGUAGE = "commitment-language"
    LINEAGE_INCOMPLETE = "lineage-incomplete"
    PACKAGE_TOO_LARGE = "package-too-large"
    AUDIENCE_CHANGED = "audience-changed"
    PROFILE_NOT_APPROVED = "profile-not-approved"
    AMBIGUOUS_POST = "ambiguous-post"
    READBACK_DIFFERS = "readback-differs"
    SOURCE_INCOMPLETE = "source-incomplete"
    UNPLACED_EVIDENCE = "unplaced-evidence"
    HOLD_UNEXPLAINED = "hold-unexplained"
    ALL_CLEAR_EARLY = "all-clear-early"
    STORE_ALTERED = "store-altered"


NEVER_WAIVED: Final = frozenset(
    {
        RegisterCode.LINEAGE_INCOMPLETE,
        RegisterCode.PACKAGE_TOO_LARGE,
        RegisterCode.PROFILE_NOT_APPROVED,
        RegisterCode.AUDIENCE_CHANGED,
        RegisterCode.AMBIGUOUS_POST,
    }
)
"""Entries that no person may wave through: the package cannot be proved, sent or addressed."""


class LogKind(StrEnum):
    """Everything that the log tells of (promise P8). A kind is never used again for something else."""

    OPENED = "opened"
    CLOSED = "closed"
    REOPENED = "reopened"
    DRAFTED = "drafted"
    RENEWED = "renewed"
    CARD_MISSING = "card-missing"
    VOIDED = "voided"
    APPROVED = "approved"
    HELD = "held"
    HOLD_PLACED = "hold-placed"
    HOLD_ENDED = "hold-ended"
    WAIVED = "waived"
    PLACED = "placed"
    PLACING_ENDED = "placing-ended"
    REFUSED = "refused"
    POSTING = "posting"
    NOT_POSTED = "not-posted"
    AMBIGUOUS = "ambiguous"
    ABSENT = "absent"
    APPEARED = "appeared"
    RELEASED = "released"
    READBACK_DIFFERS = "readback-differs"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    NOT_SHOWN = "not-shown"
    REMINDED = "reminded"
    OVERDUE = "overdue"


class Disposition(StrEnum):
    """What becomes of a hold at close."""

    KEEP = "keep"
    GENERALISE = "generalise"
    ANNEX = "annex"
    ESCALATE = "escalate"


class NoticeKind(StrEnum):
    """The closed kinds of outward text beside packages."""

    ACKNOWLEDGEMENT = "acknowledgement"
    OVERDUE = "overdue"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


class Tlp(StrEnum):
    """Traffic Light Protocol 2.0 labels, from open to closed (FIRST TLP 2.0, CSAF 2.1 `distribution/tlp`)."""

    CLEAR = "CLEAR"
    GREEN = "GREEN"
    AMBER = "AMBER"
    AMBER_STRICT = "AMBER+STRICT"
    RED = "RED"


class StageName(StrEnum):
    """The four recorded stages of a build (mission M9)."""

    RETRIEVE = "retrieve"
    RENDER = "render"
    VALIDATE = "validate"
    PUBLISH = "publish"


class DraftKind(StrEnum):
    """What a draft would become: an update (a version) or an acknowledgement (a notice)."""

    UPDATE = "update"
    ACKNOWLEDGEMENT = "acknowledgement"


INCIDENT_COMMAND: Final = "incident_command"
SECURITY: Final = "security"
SUPPORT_LEADERSHIP: Final = "support_leadership"
LEGAL: Final = "legal"
ACCOUNT_LEADERSHIP: Final = "account_leadership"
LEADERSHIP: Final = "leadership"
ADMIN: Final = "admin"

SHIPPED_ROLES: Final = (INCIDENT_COMMAND, SECURITY, SUPPORT_LEADERSHIP, LEGAL, ACCOUNT_LEADERSHIP, LEADERSHIP, ADMIN)
