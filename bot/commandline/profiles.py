"""`profile`: for people who write profiles."""

from pathlib import Path

import click

from profiles.loader import find_profile, load_profile
from transforms.canonical import digest as digest_of


@click.group()
def profile() -> None:
    """Read and check profiles."""


@profile.command("digest")
@click.argument("name")
def digest(name: str) -> None:
    """Print the digest of a profile, for approved_profiles, once you have read it.

    NAME is a shipped profile or a path ending in .yaml.
    """
    click.echo(digest_of(load_profile(find_profile(name, Path.cwd()))))
