"""Which blocks and elements exist, their fields and where they may stand: Slack's schema as data."""

from collections.abc import Iterable, Mapping

from sandbox.blockkit.limits import LIMITS
from sandbox.blockkit.rules import PLAIN, Anything, Items, OneOf, Rule, Shape, Text, Typed, Word

ANY = Anything()
FLAG = OneOf((True, False))
STYLE = OneOf(("primary", "danger"))
PLACEHOLDER = Text(LIMITS["placeholder"], PLAIN)
ACTION_ID = Word(LIMITS["action id"])
URL = Word(LIMITS["button url"])

CONFIRM = Shape(
    {
        "title": Text(LIMITS["confirm title"], PLAIN),
        "text": Text(LIMITS["confirm text"]),
        "confirm": Text(LIMITS["confirm button"], PLAIN),
        "deny": Text(LIMITS["confirm button"], PLAIN),
    },
    {"style": STYLE},
)


def _option(text: Rule, extra: Mapping[str, Rule] | None = None) -> Shape:
    required = {"text": text, "value": Word(LIMITS["option value"])}
    return Shape(required, {"description": Text(LIMITS["option description"]), **(extra or {})})


PLAIN_OPTION = _option(Text(LIMITS["option text"], PLAIN))
RICH_OPTION = _option(Text(LIMITS["option text"]))
OVERFLOW_OPTION = _option(Text(LIMITS["option text"], PLAIN), {"url": URL})
OPTION_GROUP = Shape(
    {"label": Text(LIMITS["option group label"], PLAIN), "options": Items(PLAIN_OPTION, LIMITS["select options"])}
)


def _element(optional: Mapping[str, Rule], required: Mapping[str, Rule] | None = None) -> Shape:
    return Shape(required or {}, {"action_id": ACTION_ID, "confirm": CONFIRM, "focus_on_load": FLAG, **optional})


def _select(*free: str) -> Shape:
    options = Items(PLAIN_OPTION, LIMITS["select options"])
    groups = Items(OPTION_GROUP, LIMITS["select option groups"])
    return _element({"placeholder": PLACEHOLDER, "options": options, "option_groups": groups, **_unchecked(free)})


def _picker(*free: str) -> Shape:
    return _element({"placeholder": PLACEHOLDER, **_unchecked(free)})


def _typed_input(*free: str) -> Shape:
    return _picker("initial_value", "dispatch_action_config", *free)


def _unchecked(names: Iterable[str]) -> Mapping[str, Rule]:
    return dict.fromkeys(names, ANY)


IMAGE_FIELDS: Mapping[str, Rule] = {"image_url": Word(LIMITS["image url"]), "slack_file": ANY}

BUTTON = _element(
    {
        "value": Word(LIMITS["button value"], may_be_empty=True),
        "url": URL,
        "style": STYLE,
        "accessibility_label": Word(LIMITS["accessibility label"]),
    },
    {"text": Text(LIMITS["button text"], PLAIN)},
)

_CONVERSATIONS = ("default_to_current_conversation", "filter")

INTERACTIVE: Mapping[str, Rule] = {
    "button": BUTTON,
    "static_select": _select("initial_option"),
    "multi_static_select": _select("initial_options", "max_selected_items"),
    "users_select": _picker("initial_user"),
    "multi_users_select": _picker("initial_users", "max_selected_items"),
    "conversations_select": _picker("initial_conversation", "response_url_enabled", *_CONVERSATIONS),
    "multi_conversations_select": _picker("initial_conversations", "max_selected_items", *_CONVERSATIONS),
    "channels_select": _picker("initial_channel", "response_url_enabled"),
    "multi_channels_select": _picker("initial_channels", "max_selected_items"),
    "overflow": _element({}, {"options": Items(OVERFLOW_OPTION, LIMITS["overflow options"])}),
    "datepicker": _picker("initial_date"),
    "timepicker": _picker("initial_time", "timezone"),
    "datetimepicker": _element({"initial_date_time": ANY}),
    "radio_buttons": _element({"initial_option": ANY}, {"options": Items(RICH_OPTION, LIMITS["radio options"])}),
    "checkboxes": _element({"initial_options": ANY}, {"options": Items(RICH_OPTION, LIMITS["checkbox options"])}),
}

TYPED: Mapping[str, Rule] = {
    "plain_text_input": _typed_input("multiline", "min_length", "max_length"),
    "email_text_input": _typed_input(),
    "url_text_input": _typed_input(),
    "number_input": _typed_input("is_decimal_allowed", "min_value", "max_value"),
    "rich_text_input": _typed_input(),
}

IMAGE = Shape({"alt_text": Word(LIMITS["image alt text"])}, IMAGE_FIELDS)
CONTEXT_TEXT = Text(LIMITS["context text"])
NOT_IN_INPUTS = {"button", "overflow"}

ACCESSORY = Typed({**INTERACTIVE, "image": IMAGE})
INPUT_ELEMENT = Typed({**{k: v for k, v in INTERACTIVE.items() if k not in NOT_IN_INPUTS}, **TYPED})
CONTEXT_ELEMENT = Typed({"image": IMAGE, "plain_text": CONTEXT_TEXT, "mrkdwn": CONTEXT_TEXT})

RICH_LEAVES = ("text", "link", "user", "usergroup", "channel", "emoji", "date", "broadcast", "color", "team")
RICH_LEAF = Typed(dict.fromkeys(RICH_LEAVES, ANY))
RICH_RUN = Shape({"elements": Items(RICH_LEAF, 10_000, 0)}, {"border": ANY})
RICH_LIST = Shape(
    {"elements": Items(Typed({"rich_text_section": RICH_RUN}), 10_000), "style": OneOf(("bullet", "ordered"))},
    {"indent": ANY, "offset": ANY, "border": ANY},
)
RICH_PART = Typed(
    {
        "rich_text_section": RICH_RUN,
        "rich_text_quote": RICH_RUN,
        "rich_text_preformatted": RICH_RUN,
        "rich_text_list": RICH_LIST,
    }
)
RICH_PARTS = Items(RICH_PART, 10_000)
TABLE_CELL = Typed({"raw_text": Shape({"text": Word(LIMITS["table text"], may_be_empty=True)}), "rich_text": ANY})
TABLE_ROW = Items(TABLE_CELL, LIMITS["table cells per row"])


def _block(required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None) -> Shape:
    return Shape(required, {"block_id": Word(LIMITS["block id"]), **(optional or {})})


BLOCKS: Mapping[str, Rule] = {
    "section": _block(
        {},
        {
            "text": Text(LIMITS["section text"]),
            "fields": Items(Text(LIMITS["section field text"]), LIMITS["section fields"]),
            "accessory": ACCESSORY,
            "expand": FLAG,
        },
    ),
    "header": _block({"text": Text(LIMITS["header text"], PLAIN)}),
    "divider": _block({}),
    "context": _block({"elements": Items(CONTEXT_ELEMENT, LIMITS["context elements"])}),
    "actions": _block({"elements": Items(Typed(INTERACTIVE), LIMITS["actions elements"])}),
    "image": _block(
        {"alt_text": Word(LIMITS["image alt text"])},
        {"title": Text(LIMITS["image title"], PLAIN), **IMAGE_FIELDS},
    ),
    "input": _block(
        {"label": Text(LIMITS["input label"], PLAIN), "element": INPUT_ELEMENT},
        {"hint": Text(LIMITS["input hint"], PLAIN), "optional": FLAG, "dispatch_action": FLAG},
    ),
    "rich_text": _block({"elements": RICH_PARTS}),
    "markdown": _block({"text": Word(LIMITS["markdown text"])}),
    "table": _block({"rows": Items(TABLE_ROW, LIMITS["table rows"])}, {"column_settings": ANY}),
}

MESSAGE_ONLY = {"markdown", "table"}


def _surface(names: Iterable[str], most: str, least: int) -> Items:
    return Items(Typed({name: BLOCKS[name] for name in names}), LIMITS[most], least)


MESSAGE_BLOCKS = _surface(BLOCKS, "blocks per message", 0)
VIEW_BLOCKS = _surface((name for name in BLOCKS if name not in MESSAGE_ONLY), "blocks per view", 0)

_ANY_VIEW: Mapping[str, Rule] = {
    "private_metadata": Word(LIMITS["private metadata"], may_be_empty=True),
    "callback_id": Word(LIMITS["callback id"], may_be_empty=True),
    "external_id": Word(LIMITS["external id"], may_be_empty=True),
}
MODAL = Shape(
    {"title": Text(LIMITS["modal title"], PLAIN), "blocks": VIEW_BLOCKS},
    {
        **_ANY_VIEW,
        "submit": Text(LIMITS["modal submit"], PLAIN),
        "close": Text(LIMITS["modal close"], PLAIN),
        "clear_on_close": FLAG,
        "notify_on_close": FLAG,
        "submit_disabled": FLAG,
    },
)
HOME = Shape({"blocks": VIEW_BLOCKS}, _ANY_VIEW)
