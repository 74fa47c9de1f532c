"""`bridgepkg keys`: make the keys that seal what is withheld and sign what is released."""

import base64
import secrets

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from bot.settings import SEALING_KEY_BYTES


@click.group()
def keys() -> None:
    """Make the keys that seal and sign."""


@keys.command("new")
def new() -> None:
    """Print a new sealing key, a new signing key and its public key, as lines for an environment file."""
    private, public = key_lines()
    click.echo(private, nl=False)
    click.echo("# Keep both secret. Give this public key to whoever verifies (verify --public-key FILE):", err=True)
    click.echo(public, err=True, nl=False)


def key_lines() -> tuple[str, str]:
    """New keys as lines of an environment file, and the public key that goes with them (PEM)."""
    signing = Ed25519PrivateKey.generate()
    private = signing.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    public = signing.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    name = f"k{secrets.token_hex(3)}"
    sealing = base64.b64encode(secrets.token_bytes(SEALING_KEY_BYTES)).decode()
    lines = f"BRIDGEPKG_SEALING_KEYS={name}:{sealing}\nBRIDGEPKG_SIGNING_KEY={base64.b64encode(private).decode()}\n"
    return lines, public
