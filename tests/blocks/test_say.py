"""What the bot says to people inside: the words themselves, pinned once; all other tests import the sentence."""

import inspect
import re
from collections.abc import Iterator
from types import ModuleType

import pytest

from blocks import say
from tests.blocks.placings import make_group
from tests.builders import AT

MODULES = [value for value in vars(say).values() if isinstance(value, ModuleType)]

SAID = {
    say.access.wrong_role(["incident_command", "admin"], ["legal", "leadership"]): (
        "Only Incident command or Admin can do this; you are Legal and Leadership. Nothing was recorded."
    ),
    say.access.wrong_role(["security"], []): (
        "Only Security can do this; you have no role here. Nothing was recorded."
    ),
    say.bridge.unclear(3): (
        "Draft 3 may be visible to the customer already. Look at the bridge and answer its card first; "
        "until then nothing else goes out."
    ),
    say.bridge.unchanged("Version 1", "The bridge channel is archived.", by_hand=True): (
        "Version 1 could not be changed in the bridge, where it may still read as before: The bridge channel is "
        "archived. Look there, and correct or delete it by hand, now."
    ),
    say.case.stale_card(1, 2, AT): ("That was about draft 1; draft 2 replaced it at 14:20 UTC. Nothing was recorded."),
    say.case.stale_card(1, 2, None): "That was about draft 1; draft 2 replaced it. Nothing was recorded.",
    say.case.closed(AT): "This bridge was closed at 14:20 UTC; `/bridgepkg reopen` opens it again.",
    say.close.owes_an_update("Version 1"): (
        "Version 1 was withdrawn, and its notice promises another message. "
        "Release it, or close anyway: `/bridgepkg close anyway`."
    ),
    say.commands.unknown_word("stauts", "status"): "I do not know `stauts`. Did you mean `/bridgepkg status`?",
    say.commands.unknown_word("<!channel>"): "I do not know that word. `/bridgepkg help` lists what there is.",
    say.commands.written_like("draft", "draft", ["acme", "globex"]): (
        "`draft` is written like this: `/bridgepkg draft`. A bridge is named right after `draft`: acme or globex."
    ),
    say.draft.with_reviewers("The acknowledgement", 1): (
        "The acknowledgement is with 1 reviewer. `/bridgepkg status` says who is waited for."
    ),
    say.hold.held("Ana", 1): "Ana held 1 field",
    say.hold.held("Ana", 2): "Ana held 2 fields",
    say.opening.opened("INC-1042", "Acme Corp"): (
        "INC-1042 is open here for Acme Corp. Next: `/bridgepkg ack` to tell the customer that you are on it, "
        "then `/bridgepkg draft`."
    ),
    say.read.NOTHING_POSTED: "Nothing has been posted to the bridge yet.",
    say.requests.to_fix("the stored profile was altered"): "The stored profile was altered. Nothing was recorded.",
    say.review.waits_for(["security"], ()): "Recorded. It posts when Security also approves.",
    say.review.waits_for(["security", "legal"], {"legal"}): (
        "Recorded. It posts when Security and another person of Legal also approve."
    ),
    say.place.would_place([make_group()], say.place.where(None), "INC-1042"): (
        "Places 40 alerts of alertmanager with team=batch as unrelated, for INC-1042. Later ones of the kind too."
    ),
    say.place.would_place([make_group(items=1)], say.place.where("pay", "Payments API"), "INC-1042"): (
        "Places 1 alert of alertmanager with team=batch under Payments API, for INC-1042. Later ones of the kind too."
    ),
    say.place.counted(2, ["timeline", "health"]): "2 items",
    say.place.no_match(make_group().tags): "Nothing that is unplaced has team=batch. Nothing was recorded.",
    say.place.no_capability("pay", ["payments-api", "reporting"]): (
        "This bridge has no capability pay; it has payments-api and reporting, or say `unrelated`. "
        "Nothing was recorded."
    ),
    say.place.fits_others(make_group(others=12)): (
        "team=batch also fits 12 others that are known to a table or placed before; there nothing changes."
    ),
    say.watch.late("Acme Corp", AT, marked=False): (
        "The update promised to Acme Corp for 14:20 UTC is late; I cannot edit their message, so tell them."
    ),
    say.withdraw.no_such_version(3, [1, 2]): (
        "There is no version 3 in the bridge; what can be withdrawn: version 1 or 2. Nothing was recorded."
    ),
    say.withdraw.told("Version 1 for Acme Corp (INC-1042)", "Jo", AT, ""): (
        "Version 1 for Acme Corp (INC-1042) was withdrawn by Jo at 14:20 UTC: no reason given."
    ),
}


@pytest.mark.parametrize("said", SAID)
def test_sentence_reads_exactly(said):
    """The words that people read, and how values, plurals and times are written into them."""
    assert said == SAID[said]


def constants() -> Iterator[tuple[str, str]]:
    """Every fixed sentence or phrase by its name."""
    for module in MODULES:
        for name, value in vars(module).items():
            if name.isupper() and not name.startswith("_") and isinstance(value, str):
                yield f"{module.__name__}.{name}", value


def test_fixed_sentences_are_whole():
    """A sentence begins with a capital and ends with a stop; a phrase, which follows other words, has neither."""
    odd = {
        name: text
        for name, text in constants()
        if text[0].isupper() != text.endswith((".", "…")) and name.rpartition(".")[2] not in {"YOU", "SOMEBODY"}
    }
    assert odd == {}
    assert [name for name, text in constants() if re.search(r"  | $|^ ", text)] == []


def test_every_sentence_is_a_function_with_one_line_about_when_it_is_said():
    """Whoever looks for the right sentence reads in one line when it is said."""
    functions = [
        function
        for module in MODULES
        for function in vars(module).values()
        if inspect.isfunction(function) and function.__module__ == module.__name__
    ]
    public = [function for function in functions if not function.__name__.startswith("_")]
    assert len(public) > 40
    assert [f.__name__ for f in public if "\n" in (inspect.getdoc(f) or "\n")] == []
