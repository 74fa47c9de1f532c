"""What an export looks like when it is not what its mapping expects, in words that say what to do instead."""

from collections.abc import Iterator
from typing import Any, Final

from bot.sources.expressions import search

KNOWN: Final[tuple[tuple[str, str, str], ...]] = (
    ("event.event_type", "a PagerDuty webhook (v3)", "export GET /incidents instead"),
    ("messages[0].event && messages[0].incident", "a PagerDuty webhook (v2)", "export GET /incidents instead"),
    ("receiver && alerts && groupLabels", "an Alertmanager webhook", "export GET /api/v2/alerts instead"),
    ("[0].receiver && [0].alerts", "Alertmanager's alert groups", "export GET /api/v2/alerts instead"),
    ("data.result && status", "an answer of Prometheus", "export Alertmanager's GET /api/v2/alerts instead"),
    ("[0].grafana_alert || grafana_alert || ruleGroup", "a Grafana alert rule", "export its firing alerts instead"),
    ("feed.entry", "a feed of advisories", "put the advisories that it lists into a folder"),
    ("metadata_version && publisher && !document", "a provider's description", "fetch the advisories that it lists"),
    ("bomFormat", "a CycloneDX document", "write a mapping for it, or export CSAF"),
    ("statements && author", "an OpenVEX document", "write a mapping for it, or export CSAF"),
    ("schema_version && affected && modified", "an OSV or GitHub advisory", "write a mapping for it, or export CSAF"),
    ("document.csaf_version", "a CSAF advisory", "use preset csaf"),
    ("kind && apiVersion && metadata", "an entity of a Backstage catalog", "use preset backstage"),
    ("data[0].callCount || [0].callCount", "Jaeger's service graph", "write a mapping for it"),
    ("data[0].object && object", "a list of Stripe", "write a mapping for it"),
    ("result.sys_id || result[0].sys_id", "a record of ServiceNow", "write a mapping for it"),
    ("data.incident && event.operation", "a FireHydrant webhook", "export its incidents instead"),
    ("culprit || project.slug && shortId", "a Sentry issue", "write a mapping for it"),
    ("issueUrl || issueId", "a New Relic issue", "write a mapping for it"),
    ("alert_type || event.alert_type", "a Datadog event", "export its monitors instead"),
    ("issues[0].fields || fields.issuetype", "issues of Jira", "use preset jira"),
    ("incidents[0].incident_number", "incidents of PagerDuty", "use preset pagerduty"),
    ("[0].fingerprint && [0].labels", "alerts of Alertmanager", "use preset alertmanager"),
    ("messages[0].ts", "messages of a Slack channel", "use preset slack-timeline"),
    ("records[0].attributes", "an answer of Salesforce", "use preset salesforce"),
    ("components[0].page_id", "components of a status page", "use preset statuspage"),
    (
        "errorMessages || errors || error || fault || type(@) == 'object' && message && !items",
        "an error",
        "export again",
    ),
)
"""What a document is, by what only it has; how it is called; and what to do."""


def looks_like(document: Any) -> str:
    """What a document seems to be and what to do, as the end of a sentence; empty when nobody knows."""
    return next((f"it looks like {what}; {remedy}" for what, remedy in _fitting(document)), "")


def _fitting(document: Any) -> Iterator[tuple[str, str]]:
    for expression, what, remedy in KNOWN:
        if search(expression, document):
            yield what, remedy
