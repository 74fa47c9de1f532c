"""What the scan says of a message: where, why, in which order, and when it cannot say anything."""

import pytest

from tests.builders import make_profile
from tests.transforms.scan.test_leakscan import NOTHING, kinds, said
from transforms.publish.message import Message, section
from transforms.scan.leakscan import Suspicion, commitments, scan
from transforms.scan.lexicon import Lexicon


def test_scan_stops_at_a_message_that_is_too_large() -> None:
    """Sixty thousand characters are scanned; with one more it is refused, and the reviewer is told why."""
    fits = Message(text="a " * 30_000, blocks=())
    assert scan(fits, NOTHING) == ()
    larger = Message(text=fits.text, blocks=({"x": "a"},))
    assert scan(larger, NOTHING) == (Suspicion(where="message", kind="text too large to scan", term="too-large"),)


def test_scan_that_fails_is_a_finding() -> None:
    """Whatever goes wrong inside, nobody has looked: that is said, and stops the release."""

    class Broken(Lexicon):
        @property
        def terms(self):
            raise MemoryError

    assert scan(said("x"), Broken({})) == (
        Suspicion(where="message", kind="text that could not be scanned", term="MemoryError"),
    )


def test_suspicion_tells_where_and_why_and_keeps_the_term_for_the_evidence() -> None:
    """One for each place and term, however many views find it; the text first, then the blocks in order."""
    terms = Lexicon({"edge-signer": "a native name in a health record"})
    blocks = (section("b-one", "all is well"), section("b-two", "edge-signer, Edge Signer"))
    found = scan(Message(text="the e d g e - s i g n e r", blocks=blocks), terms)
    why = "a native name in a health record"
    assert found == tuple(
        Suspicion(where=where, kind="withheld term", why=why, term="edge-signer")
        for where in ("text", "b-two", "blocks")
    )


@pytest.mark.parametrize(
    ("term", "text", "found"),
    [
        ("abc-defg7", "xabcdefg7x", True),
        ("abc-def7", "xabcdef7x", False),
        ("abc-de7", "x abcde7 x", True),
        ("abc-de7", "abc d e7", True),
        ("ab-77", "a b77", True),
        ("ab-7", "a b7", False),
        ("costa", "cost a", False),
        ("cost4", "cos t4", True),
        ("ottolin", "o t t o l i n", True),
        ("ottolin", "xo t t o l i n", False),
        ("abc", "a b c", True),
        ("edge-signer", "rengis-egde", True),
        ("edge-signer", "rqtr-fvtare", True),
        ("edge-signer", "ren.gise.gde", True),
        ("edge-signer", "rqtr.fvta.re", True),
        ("certificate", "c3r7!f!ca73", True),
        ("warn-77", "vvam-77", True),
        ("edge-signer", "edge", False),
    ],
)
def test_terms_are_found_by_their_length_and_form(term, text, found) -> None:
    """Eight letters and digits inside of anything, fewer between words, plain words only whole; any way round."""
    assert (kinds(said(text), Lexicon.of([term])) == {"withheld term"}) == found


def test_name_cut_over_two_blocks_is_found() -> None:
    """What no block holds by itself, the blocks together do; the text is not put before them."""
    message = Message(text="edge", blocks=(section("a", "see edge-"), section("b", "signer")))
    assert [(s.where, s.term) for s in scan(message, Lexicon.of(["edge-signer"]))] == [("blocks", "edge-signer")]
    fields = {"type": "section", "fields": [{"type": "mrkdwn", "text": part} for part in ("edge-", "sig", "ner")]}
    assert [s.where for s in scan(Message(text="", blocks=(fields,)), Lexicon.of(["edge-signer"]))] == ["blocks"]
    apart = Message(text="edge-", blocks=(section("b", "signer"),))
    assert scan(apart, Lexicon.of(["edge-signer"])) == ()


def test_phrases_that_a_profile_forbids_are_found_in_every_disguise() -> None:
    """Beside the commitments of its languages, those that it never says."""
    profile = make_profile(never=[{"id": "NV-1", "about": "other", "words": "state of the art"}])
    assert {s.term for s in commitments(said("State-of-the-Art"), profile)} == {"state of the art"}
    assert commitments(said("state of an art"), profile) == ()
    assert [s.term for s in commitments(said("a *refund*, a credit"), profile)] == ["refund", "credit"]
