"""Which installation of the app a payload was sent for, read only from the places where Slack names it.

In Slack Connect the outer `team_id` of an event, and `team` of a form, are the organisation of whoever acted; the
installation stands beside it. Whatever people can write or choose (text, values, private metadata, their own
`user.team_id`) names nothing. Shapes: Events API `authorizations` and `context_team_id`; interaction payloads
`view.app_installed_team_id`; org-wide installs send no team, or the workspace where somebody acted, and their
enterprise.
"""

from typing import Any


def installations(body: dict[str, Any]) -> frozenset[str]:
    """The ids of workspaces and enterprises for which a payload was sent; none where it names none."""
    if body.get("command"):
        return _named(body)
    if body.get("type") == "event_callback":
        return _of_event(body)
    installed = _id(_object(body, "view").get("app_installed_team_id"))
    return frozenset({installed}) if installed else _of_interaction(body)


def _of_event(body: dict[str, Any]) -> frozenset[str]:
    """An event's authorizations and context; only an event that has neither is of its outer team."""
    context = frozenset(filter(None, (_id(body.get("context_team_id")),)))
    if not context:
        context = frozenset(filter(None, (_id(body.get("context_enterprise_id")),)))
    authorizations = body.get("authorizations")
    first = authorizations[0] if isinstance(authorizations, list) and authorizations else None
    authorized = _named(first) if isinstance(first, dict) else frozenset()
    return authorized | context or _named(body)


def _of_interaction(body: dict[str, Any]) -> frozenset[str]:
    team, enterprise = _object(body, "team").get("id"), _object(body, "enterprise").get("id")
    return _named(
        {"team_id": team, "enterprise_id": enterprise, "is_enterprise_install": body.get("is_enterprise_install")}
    )


def _named(place: dict[str, Any]) -> frozenset[str]:
    """The workspace; its enterprise counts only where the whole enterprise has the app."""
    team, enterprise = _id(place.get("team_id")), _id(place.get("enterprise_id"))
    org_wide = not team or place.get("is_enterprise_install") in (True, "true")
    return frozenset(filter(None, (team, enterprise if org_wide else "")))


def _object(body: dict[str, Any], name: str) -> dict[str, Any]:
    found = body.get(name)
    return found if isinstance(found, dict) else {}


def _id(value: Any) -> str:
    return value if isinstance(value, str) else ""
