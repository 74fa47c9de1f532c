"""Our scan beside Presidio's patterns and detect-secrets: one text with sixteen planted items, in one run, interleaved.

`make bench` sets up its own environment and prints the table; `--json` prints the same as JSON. Only ratios mean
something: in each round every system reads the same bytes for the same time, and the rounds' ratios of throughput are
compared by their median, because a processor is twice as fast in one minute as in the next. Presidio runs with its
pattern recognizers and without a language model; detect-secrets with its shipped plugins through `scan_file`.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import orjson
import tldextract
from detect_secrets import SecretsCollection
from detect_secrets.settings import default_settings
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine
from presidio_analyzer.predefined_recognizers import SpacyRecognizer

from transforms.publish.message import Message
from transforms.scan.leakscan import scan
from transforms.scan.lexicon import Lexicon

ROUNDS: Final = 40
TURN: Final = 0.05
"""Seconds of processor time for each system in a round: throughput is meant, not the first call after another's."""

OTHER_TERMS: Final = 1_000
"""Three times what the sample's incident withholds."""

TIMES_FASTER: Final = 20
NAMES: Final = ("edge-signer", "Tomas Lindqvist", "PAY-3317", "crafted session tickets")
"""What only a lexicon can know; the rest has a form."""

PLANTED: Final = (
    *NAMES,
    "sgn-07.eu-west-1.meridian.internal",
    "10.20.30.41",
    "fd12:3456:789a::17",
    "tomas.lindqvist@meridian.example",
    "https://runbooks.meridian.internal/pay",
    "CVE-2026-41877",
    "4111 1111 1111 1111",
    "AKIAIOSFODNN7EXAMPLE",
    "xoxb-204938475610-hexacoreRelay",
    "ghp_" + "a1B2c3D4e5F6" * 3,
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzZ24ifQ.c2lnbmVyLXNlY3JldA",
    "DE89 3704 0044 0532 0130 00",
)

SENTENCES: Final = (
    "We are investigating a problem with payments in Europe and the Americas, seen first at 13:58 UTC",
    "Most requests fail in one region, and some requests are slow in another; reporting works as usual",
    "The team on duty has found where requests wait, and is testing a way around it in a small part of the service",
    "Webhooks are delivered late, in the order in which they were written, and none of them is lost so far",
    "The next update is due at 14:51 UTC, with or without change, in this channel",
)

Finder = Callable[[str], int]


@dataclass(frozen=True)
class Result:
    """What one system took and found: medians in milliseconds, planted items found, and findings in clean text."""

    system: str
    planted_ms: float
    clean_ms: float
    found: int
    clean: int
    times_ours: float
    times_ours_clean: float


class _NoModel(NlpEngine):  # type: ignore[misc]
    """Presidio without a language model: the text alone, as its pattern recognizers read it."""

    def load(self) -> None:
        """Nothing to load."""

    def is_loaded(self) -> bool:
        return True

    def process_text(self, text: str, language: str) -> NlpArtifacts:  # noqa: ARG002 -- the interface's
        return NlpArtifacts([], [], [], [], self, language)

    def process_batch(self, texts: Iterable[str], language: str, **_: Any) -> Iterable[tuple[str, NlpArtifacts]]:
        return ((text, self.process_text(text, language)) for text in texts)

    def is_stopword(self, word: str, language: str) -> bool:  # noqa: ARG002 -- the interface's
        return False

    def is_punct(self, word: str, language: str) -> bool:  # noqa: ARG002 -- the interface's
        return False

    def get_supported_entities(self) -> list[str]:
        return []

    def get_supported_languages(self) -> list[str]:
        return ["en"]


def text_with(items: Iterable[str]) -> str:
    """About 3.5 KB of an update, with one item on each of its first lines."""
    lines = [f"{SENTENCES[n % len(SENTENCES)]}, see {item} there." for n, item in enumerate(items)]
    more = (f"{SENTENCES[n % len(SENTENCES)]}." for n in range(40))
    while sum(map(len, lines)) + len(lines) < 3_400:  # noqa: PLR2004 -- the reference's 3.5 KB
        lines.append(next(more))
    return "\n".join(lines)


def ours() -> Finder:
    """The scan of a message, with the four names among a thousand other terms."""
    terms = Lexicon.of((*NAMES, *(f"host-{n}.zone{n % 40}" for n in range(OTHER_TERMS))))

    def find(text: str) -> int:
        return len(scan(Message.model_construct(text=text, blocks=()), terms))

    return find


def presidio() -> Finder:
    """The analyzer as it ships for English, without the one recognizer that asks a language model."""
    # Its e-mail recognizer would fetch a list of domains from the network; the list inside its package does.
    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=())
    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"])
    registry.recognizers = [found for found in registry.recognizers if not isinstance(found, SpacyRecognizer)]
    engine = AnalyzerEngine(registry=registry, nlp_engine=_NoModel(), supported_languages=["en"])

    def find(text: str) -> int:
        return len(engine.analyze(text, language="en", score_threshold=0.3))

    return find


def detect_secrets() -> Finder:
    """The shipped plugins over a file, the way in which detect-secrets is used."""
    path = Path(tempfile.mkdtemp()) / "message.txt"

    def find(text: str) -> int:
        path.write_text(text)
        found = SecretsCollection()
        with default_settings():
            found.scan_file(str(path))
        return len(list(found))

    return find


def measure() -> list[Result]:
    """Every system on the same two texts, in turn, and what each finds of the planted items one by one."""
    finders = {"bridgepkg": ours(), "presidio (patterns)": presidio(), "detect-secrets": detect_secrets()}
    text, clean = text_with(PLANTED), text_with(["the status"] * len(PLANTED))
    on_text, on_clean = rounds(finders, text), rounds(finders, clean)
    return [
        Result(
            system=name,
            planted_ms=statistics.median(on_text[name]),
            clean_ms=statistics.median(on_clean[name]),
            found=_found(finder, clean),
            clean=finder(clean),
            times_ours=_times(on_text[name], on_text["bridgepkg"]),
            times_ours_clean=_times(on_clean[name], on_clean["bridgepkg"]),
        )
        for name, finder in finders.items()
    ]


def rounds(finders: dict[str, Finder], text: str) -> dict[str, list[float]]:
    """What each system takes for this text in each round, in milliseconds of processor time, all in turn."""
    for finder in finders.values():
        finder(text)
    taken = [{name: _turn(finder, text) for name, finder in finders.items()} for _ in range(ROUNDS)]
    return {name: [turns[name] for turns in taken] for name in finders}


def _turn(finder: Finder, text: str) -> float:
    """Milliseconds for one call, over as many calls as one turn has time for."""
    calls, started = 0, time.process_time()
    while (taken := time.process_time() - started) < TURN:
        finder(text)
        calls += 1
    return taken * 1000 / calls


def _times(other: list[float], ours: list[float]) -> float:
    return round(statistics.median(theirs / mine for theirs, mine in zip(other, ours, strict=True)), 1)


def _found(finder: Finder, clean: str) -> int:
    """How many items are seen: with each alone in the clean text, the system finds more than without it."""
    before = finder(clean)
    return sum(finder(clean.replace("the status", item, 1)) > before for item in PLANTED)


def main() -> int:
    """Print the table; 1 where a promise of the reference is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    results = measure()
    if parser.parse_args().json:
        print(orjson.dumps([asdict(result) for result in results], option=orjson.OPT_INDENT_2).decode())
    else:
        size = len(text_with(PLANTED))
        print(f"one text of {size} characters, {len(PLANTED)} planted items, {ROUNDS} rounds")
        print(
            f"{'system':20}{'planted':>11}{'times ours':>12}{'clean':>11}{'times ours':>12}{'found':>7}{'in clean':>10}"
        )
        for r in results:
            times = f"{r.planted_ms:>8.2f} ms{r.times_ours:>12}{r.clean_ms:>8.2f} ms{r.times_ours_clean:>12}"
            print(f"{r.system:20}{times}{r.found:>7}{r.clean:>10}")
    mine, *others = results
    kept = (mine.found, mine.clean) == (len(PLANTED), 0) and all(r.times_ours >= TIMES_FASTER for r in others)
    return 0 if kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
