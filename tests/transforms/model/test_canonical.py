"""One byte form for everything that is digested, signed and stored."""

import hashlib
import hmac

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import make_draft, make_evidence
from transforms.model.canonical import canonical, digest, keyed_digest, strings
from transforms.model.evidence import Evidence

KEY = "ab" * 32
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def _reversed(value):
    """The same data with the keys of every object in the opposite order."""
    if isinstance(value, dict):
        return {key: _reversed(item) for key, item in reversed(value.items())}
    return [_reversed(item) for item in value] if isinstance(value, list) else value


@given(JSON)
def test_canonical_bytes_do_not_depend_on_the_order_of_keys(value) -> None:
    """The same data are the same bytes, and reading them gives the data back."""
    assert canonical(_reversed(value)) == canonical(value)
    assert orjson.loads(canonical(value)) == value


def test_canonical_bytes_are_sorted_compact_utf8() -> None:
    """No spaces, no escapes beyond JSON's own, keys by code point."""
    assert canonical({"b": "é→", "a": [1, None, True], "B": {}}) == '{"B":{},"a":[1,null,true],"b":"é→"}'.encode()


@pytest.mark.parametrize("value", [1.0, [1, [2.5]], {"a": {"b": float("nan")}}, ({"a": (0.1,)},)])
def test_canonical_data_hold_no_floats(value) -> None:
    """A float is written differently by different writers; it is refused at any depth."""
    with pytest.raises(TypeError, match="canonical data holds no floats"):
        canonical(value)


def test_canonical_bytes_of_a_core_type_survive_reading() -> None:
    """A evidence read back from its bytes is the same evidence."""
    again = Evidence.model_validate_json(canonical(make_evidence()))
    assert (again, canonical(again)) == (make_evidence(), canonical(make_evidence()))


def test_digest_is_sha256_of_the_canonical_bytes_and_of_bytes_as_they_are() -> None:
    """Other people's tools find the same digest."""
    assert digest({"a": 1}) == hashlib.sha256(b'{"a":1}').hexdigest()
    assert digest(b'{"a": 1}') == hashlib.sha256(b'{"a": 1}').hexdigest()


def test_keyed_digest_is_hmac_under_the_incident_key() -> None:
    """Without the key nobody can try guesses; with another key it is another digest."""
    expected = hmac.new(bytes.fromhex(KEY), b'"CVE-2026-41877"', hashlib.sha256).hexdigest()
    assert keyed_digest(KEY, "CVE-2026-41877") == expected
    assert keyed_digest("cd" * 32, "CVE-2026-41877") not in {expected, digest("CVE-2026-41877")}


def test_annex_digests_are_keyed() -> None:
    """The same annex under another incident's key cannot be recognised."""
    mine, other = make_draft().annex_digests, make_draft(key="cd" * 32).annex_digests
    assert set(mine).isdisjoint(other)


def test_strings_come_in_the_order_of_the_document() -> None:
    """Deep nesting is no recursion."""
    deep: object = "end"
    for _ in range(5_000):
        deep = [deep]
    data = {"a": ["1", {"b": "2"}], "c": deep, "d": "3"}
    assert list(strings(data)) == ["1", "2", "end", "3"]
    assert list(strings(data, {"b", "c"})) == ["1", "3"]
