"""The emoji that the page knows by name; any other stays `:name:`, as in a workspace that lacks it."""

from collections.abc import Mapping
from types import MappingProxyType

EMOJI: Mapping[str, str] = MappingProxyType(
    {
        "+1": "👍",
        "-1": "👎",
        "bell": "🔔",
        "calendar": "📆",
        "clipboard": "📋",
        "construction": "🚧",
        "eyes": "👀",
        "fire": "🔥",
        "hourglass": "⌛",
        "hourglass_flowing_sand": "⏳",
        "information_source": "ℹ️",
        "large_green_circle": "🟢",
        "large_orange_circle": "🟠",
        "large_red_circle": "🔴",
        "large_yellow_circle": "🟡",
        "link": "🔗",
        "lock": "🔒",
        "mag": "🔍",
        "mega": "📣",
        "memo": "📝",
        "no_entry": "⛔",
        "octagonal_sign": "🛑",
        "page_facing_up": "📄",
        "pray": "🙏",
        "question": "❓",
        "raised_hands": "🙌",
        "rotating_light": "🚨",
        "shield": "🛡️",
        "smile": "😄",
        "speech_balloon": "💬",
        "tada": "🎉",
        "thumbsdown": "👎",
        "thumbsup": "👍",
        "unlock": "🔓",
        "warning": "⚠️",
        "wave": "👋",
        "white_check_mark": "✅",
        "wrench": "🔧",
        "x": "❌",
        "zap": "⚡",
    }
)
