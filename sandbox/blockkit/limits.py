"""Slack's limits on blocks, messages and views, in one table (docs.slack.dev/reference/block-kit).

All count characters or items and are inclusive. Two are not documented by Slack: the total text of a message's blocks,
measured at about 13,200 (slackapi/bolt-js#2509), and the length at which one long text becomes several messages.
"""

from collections.abc import Mapping
from types import MappingProxyType

LIMITS: Mapping[str, int] = MappingProxyType(
    {
        "blocks per message": 50,
        "blocks per view": 100,
        "block text per message": 13_200,
        "message text": 40_000,
        "message text before it is split": 4_000,
        "updated message text": 4_000,
        "view bytes": 250_000,
        "section text": 3_000,
        "section fields": 10,
        "section field text": 2_000,
        "header text": 150,
        "context elements": 10,
        "context text": 3_000,
        "actions elements": 25,
        "image alt text": 2_000,
        "image title": 2_000,
        "image url": 3_000,
        "input label": 2_000,
        "input hint": 2_000,
        "placeholder": 150,
        "markdown text": 12_000,
        "table rows": 100,
        "table cells per row": 20,
        "table text": 10_000,
        "button text": 75,
        "button value": 2_000,
        "button url": 3_000,
        "accessibility label": 75,
        "option text": 75,
        "option value": 150,
        "option description": 75,
        "select options": 100,
        "select option groups": 100,
        "option group label": 75,
        "radio options": 10,
        "checkbox options": 10,
        "overflow options": 5,
        "confirm title": 100,
        "confirm text": 300,
        "confirm button": 30,
        "action id": 255,
        "block id": 255,
        "callback id": 255,
        "external id": 255,
        "private metadata": 3_000,
        "modal title": 24,
        "modal submit": 24,
        "modal close": 24,
    }
)
