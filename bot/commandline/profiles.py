"""`profile`, `estate` and `config`: for people who write these files, in an editor and in their CI."""

import sys
from pathlib import Path

import click
import orjson

from bot.clock import SYSTEM_CLOCK
from bot.commandline.authoring import diff_profiles, lint_profiles
from bot.commandline.config_checks import advised, impossible, looks
from bot.commandline.output import problem_line
from bot.process.exits import EXIT_NO
from bot.settings import Config, config_path, load_deployment
from profiles.frozen import Frozen
from profiles.loader import find_profile, load_estate, load_profile
from profiles.models import Profile
from transforms.model.canonical import digest as digest_of


@click.group()
def profile() -> None:
    """Read and check profiles."""


profile.add_command(lint_profiles)
profile.add_command(diff_profiles)


@profile.command("digest")
@click.argument("name")
def digest(name: str) -> None:
    """Print the digest of a profile, for approved_profiles, once you have read it.

    NAME is a shipped profile or a path ending in .yaml.
    """
    click.echo(digest_of(load_profile(find_profile(name, Path.cwd()))))


@profile.command("schema")
def profile_schema() -> None:
    """Print the JSON Schema of a profile, for an editor."""
    _print_schema(Profile)


@click.group()
def estate() -> None:
    """Read estate files: which components the house has."""


@estate.command("digest")
@click.argument("file", type=click.Path(path_type=Path))
def estate_digest(file: Path) -> None:
    """Print the digest of an estate file, for approved_estate, once you have read it."""
    click.echo(digest_of(load_estate(file)))


@click.group()
def config() -> None:
    """Read and check bridgepkg.yaml."""


@config.command("check")
def check() -> None:
    """Read the configuration with every profile, mapping and export that it names, and refuse what can never work."""
    path = config_path()
    deployment = load_deployment(path)
    for name, bridge in deployment.config.bridges.items():
        approved = digest_of(deployment.profiles[name]) in bridge.approved_profiles
        click.echo(
            f"bridge {name}: profile {bridge.profile}, {'approved' if approved else 'its digest is not approved'}"
        )
    if deployment.config.estate:
        click.echo(f"estate: {deployment.estate_problem or f'{deployment.config.estate}, approved'}")
    found = list(looks(deployment, SYSTEM_CLOCK.now()))
    wrong = [*impossible(deployment), *(f"source {look.name}: {look.wrong}" for look in found if look.wrong)]
    for note in [*wrong, *(f"source {look.name}: {look.old}" for look in found if look.old)]:
        problem_line(note)
    for advice in advised(deployment):
        problem_line(advice)
    if wrong:
        sys.exit(EXIT_NO)
    click.echo(f"{path}: can be read")


@config.command("schema")
def config_schema() -> None:
    """Print the JSON Schema of bridgepkg.yaml, for an editor."""
    _print_schema(Config)


def _print_schema(model: type[Frozen]) -> None:
    click.echo(orjson.dumps(model.model_json_schema(), option=orjson.OPT_INDENT_2).decode())
