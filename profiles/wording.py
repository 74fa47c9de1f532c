"""The fixed words of a profile: the phrases of a package's message and the notices beside packages.

Each phrase declares the places that the message fills; a profile that writes another place is refused when it is read.
"""

import re
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from profiles.codes import HoldReason
from profiles.frozen import Frozen, Language, Role, RowId
from profiles.safetext import Phrase, SafeText

NOTICE: Final = 600
"""Characters of a notice: above the longest message it must fit into one update (Slack: chat.update, 4,000)."""


def places(*names: str) -> AfterValidator:
    """A check that a phrase uses these places and no other."""

    def checked(phrase: Phrase) -> Phrase:
        if unknown := sorted(phrase.places - set(names)):
            raise ValueError(f"no place {{{unknown[0]}}} here; it may use {', '.join(names)}")
        if missing := sorted(set(names) - phrase.places):
            raise ValueError(f"the place {{{missing[0]}}} is missing; write it where the customer should read it")
        return phrase

    return AfterValidator(checked)


def _brief(words: Phrase | SafeText) -> Phrase | SafeText:
    if len(str(words)) > NOTICE:
        raise ValueError(f"a notice has at most {NOTICE} characters, to fit above any message; shorten it")
    return words


NEVER_CONFIRMING: Final = frozenset(
    {
        HoldReason.EXPLOITABILITY_RESTRICTED,
        HoldReason.SECURITY_REVIEW_PENDING,
        HoldReason.LEGAL_REVIEW_PENDING,
        HoldReason.REVIEWER_HOLD,
    }
)
"""Reasons of somebody who keeps what is known: "we are confirming this" would be untrue."""


class ReasonWording(Frozen):
    """The public wording of a hold reason, and the role that can resolve it.

    `confirming` means that nobody keeps anything: it is not known for sure, and the customer reads that it is being
    confirmed, with what was last confirmed (promise P3).
    """

    reason: HoldReason
    wording: SafeText
    role: Role
    confirming: bool = False

    @model_validator(mode="after")
    def _keeps_what_is_kept(self) -> Self:
        if self.confirming and self.reason in NEVER_CONFIRMING:
            raise ValueError(f"{self.reason} keeps what is known, so it is never confirming; remove confirming")
        return self


_WORD: Final = r"\*?[^\W_](?:[^\W_]|['’-])*\*?"
_ENTRY: Final = re.compile(rf"{_WORD}(?: {_WORD})*")
SHORTEST_STEM: Final = 3
"""Letters beside a `*`; fewer would be found in nearly every text."""


def _entry(text: str) -> str:
    if not _ENTRY.fullmatch(text):
        raise ValueError(f"{text!r} is no word and no phrase; write words apart by one space")
    if short := next((word for word in text.split() if "*" in word and len(word.strip("*")) < SHORTEST_STEM), ""):
        raise ValueError(f"{short!r} would be found nearly everywhere; write at least {SHORTEST_STEM} letters beside *")
    return text


ListedWord = Annotated[str, Field(min_length=2, max_length=80), AfterValidator(_entry)]
"""A word, or words that follow one another; a `*` at the beginning or end of a word stands for any letters.

Found as whole words, in any case and disguise of their letters (`transforms.listed`).
"""


class CommitmentWords(Frozen):
    """The words of one language that stop a message: those that commit, and those that tell why.

    `words` promise, explain or blame, and stand in no text at all (promise P10). `telling` tell which kind of reason is
    behind a hold, and stand in no public wording of a reason and no label of a category (promise P3).
    """

    language: Language
    words: tuple[ListedWord, ...] = Field(min_length=1)
    telling: tuple[ListedWord, ...] = Field(min_length=1)


class NeverRow(Frozen):
    """Words that must not stand in any message to a customer, beside the commitments of all languages (promise P10)."""

    id: RowId
    about: Literal["credit", "commitment", "remedy", "root cause", "blame", "other"]
    words: Annotated[str, Field(min_length=3, max_length=200)]


class Scan(Frozen):
    """What is looked for in the final bytes beside our own rules: a file of rules for secrets in the gitleaks format.

    A profile names it as `gitleaks_file`; reading the profile puts its text here, so that the digest covers it.
    """

    gitleaks: Annotated[str, Field(max_length=1_000_000)] = ""


class Notices(Frozen):
    """The closed kinds of outward text beside packages. They name no cause, no person and no promise."""

    acknowledgement: Annotated[Phrase, places("account", "minutes")]
    overdue: Annotated[Phrase, places("time"), AfterValidator(_brief)]
    replaced: Annotated[Phrase, places("version", "time"), AfterValidator(_brief)]
    replaced_link: Annotated[SafeText, AfterValidator(_brief)]
    withdrawn: Annotated[Phrase, places("account", "time"), AfterValidator(_brief)]
    closed: Annotated[Phrase, places("account", "time"), AfterValidator(_brief)]


class HeadlineWords(Frozen):
    """The state in one line, which update this is, and what is different from the one before."""

    unaffected: Annotated[Phrase, places("account", "status")]
    affected: Annotated[Phrase, places("account", "states")]
    state: Annotated[Phrase, places("capability", "status", "regions")]
    everywhere: Annotated[Phrase, places("capability", "status")]
    also: Annotated[Phrase, places("status", "regions")]
    regions: Annotated[Phrase, places("regions", "region")]
    more: Annotated[Phrase, places("number")]
    held: Annotated[Phrase, places("account", "number")]
    confirming: Annotated[Phrase, places("account", "number")]
    partly_held: Annotated[Phrase, places("state")]
    partly_confirming: Annotated[Phrase, places("state")]
    update: Annotated[Phrase, places("version", "time")]
    replaces: Annotated[Phrase, places("time")]
    changed: Annotated[Phrase, places("change")]
    unchanged: Annotated[Phrase, places("time")]
    many_changed: Annotated[Phrase, places("number", "time")]


class ChangeWords(Frozen):
    """One difference between the last released version and this one."""

    moved: Annotated[Phrase, places("what", "before", "after")]
    held: Annotated[Phrase, places("what", "number")]
    confirming: Annotated[Phrase, places("what", "number")]
    shown: Annotated[Phrase, places("what", "after")]
    removed: Annotated[Phrase, places("what")]
    detail_shared: Annotated[Phrase, places("what")]
    detail_removed: Annotated[Phrase, places("what")]
    cell: Annotated[Phrase, places("capability", "region")]
    workaround: Annotated[Phrase, places("capability")]
    better: Annotated[Phrase, places("status")]
    worse: Annotated[Phrase, places("status")]


class CapabilityWords(Frozen):
    """One affected capability: its status by region, since when, and its workaround."""

    cell: Annotated[Phrase, places("region", "status")]
    cell_since: Annotated[Phrase, places("region", "status", "time")]
    cell_held: Annotated[Phrase, places("region", "number")]
    cell_confirming: Annotated[Phrase, places("region", "number")]
    last_confirmed: Annotated[Phrase, places("time", "status")]
    elsewhere: Annotated[Phrase, places("status")]
    workaround: Annotated[Phrase, places("readiness")]
    workaround_held: Annotated[Phrase, places("number")]
    workaround_confirming: Annotated[Phrase, places("number")]
    none_affected: SafeText
    all_held: Annotated[Phrase, places("number")]
    all_confirming: Annotated[Phrase, places("number")]


class TimelineWords(Frozen):
    """One checkpoint of the timeline, and the placeholder for those that are not told."""

    checkpoint: Annotated[Phrase, places("time", "checkpoint")]
    held: Annotated[Phrase, places("number")]
    confirming: Annotated[Phrase, places("number")]


class DetailWords(Frozen):
    """A detail that is told: its public name, and the words approved for it."""

    heading: SafeText
    shared: Annotated[Phrase, places("what", "words")]


class HoldWords(Frozen):
    """What is not shared, in neutral words, and since when; what is being confirmed and has no place of its own."""

    hold: Annotated[Phrase, places("number", "what", "reason", "time")]
    confirming: Annotated[Phrase, places("number", "what", "time")]
    status: Annotated[Phrase, places("capability")]
    workaround: Annotated[Phrase, places("capability")]
    timeline: SafeText
    entitlement: SafeText


class FooterWords(Frozen):
    """When the next update is due, who reads replies, and the reference of these words.

    The next update is told in minutes after the message, so that it is still true when people read it (promise P13).
    """

    next_update: Annotated[Phrase, places("minutes")]
    contact: SafeText
    reference: Annotated[Phrase, places("reference")]
    reader_time: Annotated[Phrase, places("time")]


class Phrases(Frozen):
    """Every fixed word of a `service-state/1` message, in the order in which a customer reads."""

    headline: HeadlineWords
    change: ChangeWords
    capability: CapabilityWords
    timeline: TimelineWords
    detail: DetailWords
    hold: HoldWords
    footer: FooterWords
