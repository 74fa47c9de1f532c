"""What an export that is none looks like, so that people read what they have instead of what it is not."""

from typing import Any, Final, NamedTuple

import jmespath


class Shape(NamedTuple):
    """One thing that is often exported by mistake: how it is told, what it is, and what to do instead."""

    when: str
    what: str
    instead: str


_PAGERDUTY: Final = "export the answer of GET /incidents"
_ALERTMANAGER: Final = "export the answer of GET /api/v2/alerts"
_OWN: Final = "export the list itself, or write a mapping of your own"
_CSAF: Final = "export CSAF, or write a mapping of your own"
_ANSWER: Final = "check the address and the permissions"
_ADVISORY: Final = "export the advisories themselves, one document for each file"

ERRORS: Final = (
    Shape("ok == `false`", "is an error answer of Slack", "check the token's scopes"),
    Shape("errorMessages", "is an error answer", "check the query and the permissions"),
    Shape("[?errorCode && message]", "is an error answer of Salesforce", "check the query and the permissions"),
    Shape("errors", "is an error answer", "check the query and the permissions"),
    Shape("error", "is an error answer", _ANSWER),
    Shape("status == 'error'", "is an error answer", _ANSWER),
    Shape("title && detail && to_number(status)", "is an error answer", _ANSWER),
    Shape(
        "message && !id && !key && (code || statusCode)", "is an error answer", "check the address and the permissions"
    ),
)
"""Answers that say that there is no answer; whatever list stands beside them is not one of everything."""

OTHERS: Final = (
    Shape("event.event_type && event.data", "is a PagerDuty webhook, not an export", _PAGERDUTY),
    Shape("messages[?event && log_entries]", "is a PagerDuty webhook, not an export", _PAGERDUTY),
    Shape("log_entries || data.log_entries", "is a list of PagerDuty log entries, not of incidents", _PAGERDUTY),
    Shape("notes || data.notes", "is a list of notes, not of incidents", _PAGERDUTY),
    Shape(
        "alerts && (groupLabels || commonLabels || receiver)",
        "is an Alertmanager webhook, not an export",
        _ALERTMANAGER,
    ),
    Shape("[?alerts && labels]", "is a list of alert groups, not of alerts", _ALERTMANAGER),
    Shape("data.alerts && data.ruleUid", "is a Grafana webhook, not an export", _ALERTMANAGER),
    Shape("data.ruleGroup && data.condition", "is an alert rule, not an alert", _ALERTMANAGER),
    Shape("feed.entry", "is a feed, not an advisory", _ADVISORY),
    Shape("metadata_version && distributions", "is a provider's description, not an advisory", _ADVISORY),
    Shape("bomFormat", "is a CycloneDX document, not CSAF", _CSAF),
    Shape(
        '"@context" && statements', "is an OpenVEX document, not CSAF", "export CSAF, or write a mapping of your own"
    ),
    Shape("schema_version && affected", "is an OSV advisory, not CSAF", _CSAF),
    Shape("webhookEvent", "is a Jira webhook, not an export", "export the answer of a search"),
    Shape(
        "data.event && data.incident",
        "is a webhook, not an export",
        "export the list itself, or write a mapping of your own",
    ),
    Shape("event && type == 'event_callback'", "is an event of Slack, not an export", "export conversations.history"),
    Shape(
        "(type || event_type) && data && timestamp",
        "is one event, not an export",
        "export the list itself, or write a mapping of your own",
    ),
    Shape("swagger || openapi", "is an API's description, not its answer", "export the answer"),
)
"""Documents of other kinds, told only where nothing in them could be read as the kind that was asked for."""


def looks_like(document: Any, shapes: tuple[Shape, ...]) -> str | None:
    """What the document looks like and what to do instead, in one sentence; none where it looks like none of these."""
    for shape in shapes:
        try:
            found = jmespath.search(shape.when, document)
        except jmespath.exceptions.JMESPathError:
            continue
        if found:
            return f"{shape.what}; {shape.instead}"
    return None


def is_error(document: Any) -> str | None:
    """What an error answer says it is; none for an answer."""
    return looks_like(document, ERRORS)


def is_other(document: Any) -> str | None:
    """What another kind of document is; none for one that nobody here knows."""
    return looks_like(document, OTHERS)
