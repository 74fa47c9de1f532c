"""Words that a profile lists, found in a text: whole words in every form, case and disguise of their letters.

The rule that an author can rely on: an entry is one word, or words that follow one another; whatever is no letter and
no digit only separates words; a `*` at the beginning or end of a word stands for any letters, so that `refund*` is
also "refunded" and `*gutschrift*` also "Servicegutschriften".
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from transforms.scan.spellings import written
from transforms.scan.views import folded, lookalike, unmarked, words


def listed(text: str, entries: tuple[str, ...]) -> Iterator[str]:
    """What in a text one of these entries means, as it reads there without disguise; in the order of the text."""
    view = words(lookalike(folded(unmarked(text))))
    return (found[0] for found in _expression(entries).finditer(view))


@lru_cache(maxsize=32)
def _expression(entries: tuple[str, ...]) -> re.Pattern[str]:
    forms = dict.fromkeys(form for entry in entries for form in written(entry))
    # The longest first, so that a phrase is told whole where its first word is an entry as well.
    either = "|".join(" ".join(map(_word, form.split())) for form in sorted(forms, key=len, reverse=True))
    return re.compile(rf"(?<![^ ])(?:{either})(?![^ ])")


def _word(word: str) -> str:
    """One word of an entry, in the view in which a text is searched; a hyphen makes two of it."""
    before, after = ("[^ ]*" if star else "" for star in (word.startswith("*"), word.endswith("*")))
    return f"{before}{re.escape(words(lookalike(folded(word))))}{after}"
