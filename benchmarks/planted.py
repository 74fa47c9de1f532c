"""What the evasion suite plants: five things to be withheld in each of eight classes, and evidence that withholds them.

The evidence is the sample's, with these records more, so that the lexicon is as large as in an incident.
"""

from functools import cache
from typing import Final

from tests.builders import (
    make_audience,
    make_dependency,
    make_health,
    make_incident,
    make_note,
    make_profile,
    make_timeline,
    make_workaround,
    sample_evidence,
    with_records,
)
from transforms.model.evidence import Evidence
from transforms.model.records import Record, Withheld
from transforms.scan.lexicon import Lexicon, lexicon, wording

CLASSES: Final = {
    "component": ("edge-signer", "ledger-postgres", "hexacore-hsm", "frd-score", "pay-edge"),
    "host": (
        "sgn-07.eu-west-1.meridian.internal",
        "db-31.zone4.example",
        "kafka-broker-3",
        "pe-14.us-east-1.meridian.internal",
        "vault02.rack17",
    ),
    "address": (
        "10.20.30.41",
        "192.168.77.12:8443",
        "fd12:3456:789a::17",
        "00:1b:44:11:3a:b7",
        "https://runbooks.meridian.internal/pay-edge",
    ),
    "ticket": ("PAY-3317", "RPT-841", "INC-1042", "SEC-20931", "Q1MN0P42SEV1KX"),
    "vulnerability": (
        "CVE-2026-41877",
        "GHSA-jfh8-c2jp-5v3q",
        "CVE-2025-10293",
        "GHSA-9w3x-7hq4-m2fp",
        "CVE-2024-30941",
    ),
    "person": (
        "Tomas Lindqvist",
        "Priya Raman",
        "Ingrid Moe",
        "tomas.lindqvist@meridian.example",
        "Quentin Oduya",
    ),
    "secret": (
        "AKIAIOSFODNN7EXAMPLE",
        "xoxb-204938475610-hexacoreRelay",
        "Tr0ub4dor&3-rotunda",
        "glpat-Zs8kQ2mVx7Rw4Lp1Nc6T",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzZ24ifQ.c2lnbmVy",
    ),
    "phrase": (
        "crafted session tickets stall the signer",
        "resumption flaw in the appliance firmware",
        "route signing through the standby module",
        "yesterday's replica answers report queries",
        "handshakes fail after the certificate rotation",
    ),
}
"""The classes of what the evidence withholds, five of each; examples, none of them a real secret."""


def planted_evidence() -> Evidence:
    """The sample's second stage, with a record for everything that is planted."""
    return with_records(sample_evidence(), *_records())


def _records() -> tuple[Record, ...]:
    named = [make_health(component=name) for name in CLASSES["component"]]
    edges = make_dependency(component="component:default/frd-score", depends_on=CLASSES["component"])
    tracked = [make_workaround(key=key, component="frd-score") for key in CLASSES["ticket"]]
    noted = make_note(withheld=_withheld("text", *CLASSES["vulnerability"], *CLASSES["phrase"]))
    written = make_incident(withheld=_withheld("host", *CLASSES["host"]), unmapped=CLASSES["address"])
    told = make_timeline(withheld=(*_withheld("person", *CLASSES["person"]), *_withheld("note", *CLASSES["secret"])))
    return (*named, edges, *tracked, noted, written, told)


def _withheld(name: str, *texts: str) -> tuple[Withheld, ...]:
    return tuple(Withheld(name=name, text=text) for text in texts)


@cache
def planted_lexicon() -> Lexicon:
    """The terms of that evidence as a build makes them."""
    evidence = planted_evidence()
    return lexicon(evidence, (*wording(make_profile()), make_audience().label))
