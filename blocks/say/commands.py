"""What was typed and is no command."""

from collections.abc import Collection
from typing import Final

from blocks.words import list_words

LONGEST_WORD: Final = 20
"""No command is longer; what is gets no echo."""


def written_like(name: str, usage: str, bridges: Collection[str] = ()) -> str:
    """How a command is written; where it may name a bridge, after which word, and which ones there are."""
    text = f"`{name}` is written like this: `/bridgepkg {usage}`."
    return f"{text} A bridge is named right after `{name}`: {list_words(bridges, 'or')}." if bridges else text


def unknown_word(word: str, meant: str = "") -> str:
    """A word that is no command, and the one that was probably meant."""
    unknown = f"`{word}`" if word.isalnum() and len(word) <= LONGEST_WORD else "that word"
    hint = f"Did you mean `/bridgepkg {meant}`?" if meant else "`/bridgepkg help` lists what there is."
    return f"I do not know {unknown}. {hint}"
