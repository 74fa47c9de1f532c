"""Sealed columns and files: AES-256-GCM, with associated data that binds a value to its row and kind.

A sealed value that is moved to another row, or passed off as another kind, does not open. The first configured key
seals; every configured key opens, so that keys can be rotated (NIST SP 800-38D; nonces are random, 96 bits).
"""

import base64
import binascii
import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from profiles.errors import UserFixableError
from profiles.frozen import Frozen
from transforms.publish.dossier import Sealed

NONCE_BYTES: Final = 12


class SealedError(UserFixableError):
    """A sealed value does not open: the key is missing, or the value was altered or moved."""


class Keys(Frozen):
    """AES-256 keys by id; `active` seals, all open."""

    active: str
    by_id: tuple[tuple[str, bytes], ...]

    def __repr__(self) -> str:
        return f"Keys(active={self.active!r})"

    __str__ = __repr__


def sealed_place(incident: str, bridge: str, draft: int) -> str:
    """What the sealed part of a draft is bound to, in the database as in its dossier."""
    return f"draft/{incident}/{bridge}/{draft}"


def evidence_place(evidence_id: str) -> str:
    """What a sealed reading is bound to, in the database as in a dossier."""
    return f"evidence/{evidence_id}"


def seal(keys: Keys, value: bytes, bound_to: str) -> Sealed:
    """The value sealed with the active key and bound to `bound_to`, such as `draft/7/evidence`."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    ciphertext = AESGCM(dict(keys.by_id)[keys.active]).encrypt(nonce, value, bound_to.encode())
    return Sealed(
        key=keys.active, nonce=base64.b64encode(nonce).decode(), ciphertext=base64.b64encode(ciphertext).decode()
    )


def unseal(keys: Keys, sealed: Sealed, bound_to: str) -> bytes:
    """The value, if it was sealed with one of these keys for this place; `SealedError` otherwise."""
    key = dict(keys.by_id).get(sealed.key)
    if key is None:
        raise SealedError(f"sealed with key {sealed.key}, which is not in BRIDGEPKG_SEALING_KEYS; add it there")
    try:
        nonce = base64.b64decode(sealed.nonce, validate=True)
        return AESGCM(key).decrypt(nonce, base64.b64decode(sealed.ciphertext, validate=True), bound_to.encode())
    except (InvalidTag, binascii.Error, ValueError) as problem:
        raise SealedError("the sealed part does not open with its key: it was altered or moved") from problem
