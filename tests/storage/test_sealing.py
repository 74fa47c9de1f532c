"""Sealed values: bound to their place and kind, unreadable without the key, and opened by every configured key."""

import base64

import pytest

from storage.sealing import Keys, SealedError, seal, sealed_place, unseal
from transforms.publish.dossier import Sealed

OLD, NEW = ("old", b"o" * 32), ("new", b"n" * 32)
KEYS = Keys(active="old", by_id=(OLD,))
SECRET = b"edge-signer runs on host-77"


def test_sealed_value_opens_at_its_place():
    """What was sealed comes back, byte for byte, an empty value too."""
    for value in (SECRET, b"", bytes(range(256))):
        assert unseal(KEYS, seal(KEYS, value, "inbox/1"), "inbox/1") == value


@pytest.mark.parametrize("place", ["inbox/2", "outbox/1", "inbox/1 ", "inbox/", ""])
def test_sealed_value_does_not_open_elsewhere(place):
    """A value that is moved to another row, or passed off as another kind, does not open."""
    sealed = seal(KEYS, SECRET, "inbox/1")
    with pytest.raises(SealedError, match="altered or moved"):
        unseal(KEYS, sealed, place)


@pytest.mark.parametrize("field", ["nonce", "ciphertext"])
def test_sealed_value_does_not_open_with_any_bit_flipped(field):
    """Every single bit of nonce, content and tag is protected."""
    sealed = seal(KEYS, SECRET, "inbox/1")
    raw = base64.b64decode(getattr(sealed, field))
    for bit in range(len(raw) * 8):
        flipped = bytearray(raw)
        flipped[bit // 8] ^= 1 << bit % 8
        altered = sealed.model_copy(update={field: base64.b64encode(bytes(flipped)).decode()})
        with pytest.raises(SealedError, match="altered or moved"):
            unseal(KEYS, altered, "inbox/1")


@pytest.mark.parametrize("field", ["nonce", "ciphertext"])
@pytest.mark.parametrize("garbage", ["", "AA==", "not base64!", "é", "A" * 9])
def test_sealed_garbage_is_refused_in_words(field, garbage):
    """A column that holds something else gives the same sentence, never a traceback."""
    altered = seal(KEYS, SECRET, "inbox/1").model_copy(update={field: garbage})
    with pytest.raises(SealedError, match="altered or moved"):
        unseal(KEYS, altered, "inbox/1")


def test_keys_rotate():
    """The first key seals, all of them open, and a value whose key is gone says which key it needs."""
    before = seal(KEYS, SECRET, "x")
    rotated = Keys(active="new", by_id=(NEW, OLD))
    assert seal(rotated, SECRET, "x").key == "new"
    assert unseal(rotated, before, "x") == SECRET
    with pytest.raises(SealedError, match="sealed with key old, which is not in BRIDGEPKG_SEALING_KEYS"):
        unseal(Keys(active="new", by_id=(NEW,)), before, "x")


def test_sealing_twice_looks_different():
    """A nonce is never used twice, so that equal values cannot be told from each other."""
    made = [seal(KEYS, SECRET, "x") for _ in range(64)]
    assert len({sealed.nonce for sealed in made}) == 64
    assert len({sealed.ciphertext for sealed in made}) == 64


def test_sealed_value_of_another_key_does_not_open_under_its_name():
    """An attacker who renames the key gains nothing."""
    sealed = seal(Keys(active="old", by_id=(("old", b"x" * 32),)), SECRET, "x")
    with pytest.raises(SealedError, match="altered or moved"):
        unseal(KEYS, Sealed(**sealed.model_dump()), "x")


def test_keys_do_not_print_themselves():
    """Nothing that prints keys, an error or a log line, shows their bytes."""
    assert (repr(KEYS), str(KEYS)) == ("Keys(active='old')", "Keys(active='old')")


def test_place_of_a_draft_tells_bridges_apart():
    """Two drafts with one number, of two bridges, are sealed for different places."""
    assert sealed_place("INC-1", "acme", 1) != sealed_place("INC-1", "globex", 1)
