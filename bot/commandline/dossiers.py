"""`draft`, `replay`, `verify`, `diff`: the product without Slack."""

from datetime import datetime
from pathlib import Path

import click
import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from blocks.diff import diff_lines
from blocks.drawing import unescape
from blocks.words import role_words
from bot.commandline.checking import Verdict, check_each
from bot.commandline.offline import (
    DossierError,
    check,
    diff_dossiers,
    dossier_of,
    draft_offline,
    read_dossier,
    replay_differences,
)
from bot.commandline.output import JSON_HELP, at_terminal, print_json, print_table, waiting
from bot.settings import SettingsError, config_path, load_deployment, sealing_keys, signing_key
from bot.sources.times import parse_time
from profiles.codes import SourceState
from storage.private import write_private
from transforms.model.evidence import SourceHealth
from transforms.model.package import Package
from transforms.publish.dossier import Dossier
from transforms.publish.draft import Draft
from transforms.publish.manifest import NotVerifiedError

YEARS = range(2000, 3000)
File = click.Path(path_type=Path, dir_okay=False)


class Moment(click.ParamType[datetime]):
    """A moment with a zone, as ISO 8601."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, context: click.Context | None) -> datetime:
        """The moment in UTC; a usage error where there is no zone."""
        try:
            moment = parse_time(value)
        except (ValueError, OverflowError, OSError):
            self.fail(f"{value} is no time with a zone; write it like 2026-11-23T14:02:00Z", param, context)
        if moment.year not in YEARS:
            self.fail(f"{value} lies outside the years {YEARS[0]} to {YEARS[-1]}", param, context)
        return moment


@click.command()
@click.option("--incident", required=True, metavar="KEY", help="The incident, as its own system spells it.")
@click.option("--bridge", required=True, metavar="NAME", help="A bridge of the configuration.")
@click.option("--at", type=Moment(), metavar="TIME", help="Build as of this moment instead of now.")
@click.option("--prior", type=File, metavar="DOSSIER", help="Build on this one as the last released version.")
@click.option("--out", type=File, metavar="FILE", help="Write the dossier here instead of printing it.")
@click.option("--json", "as_json", is_flag=True, help="Print the dossier also at a terminal.")
def draft(
    incident: str, bridge: str, at: datetime | None, prior: Path | None, out: Path | None, *, as_json: bool
) -> None:
    """Build a draft from the configured sources and print its dossier. No Slack, nothing stored.

    At a terminal it shows what the customer would read, what is held and what blocks; in a pipe, the dossier as JSON.
    """
    deployment, keys, signing = load_deployment(config_path()), sealing_keys(), signing_key()
    last = _prior_package(read_dossier(prior), incident, bridge) if prior else None
    with waiting("Reading the sources"):
        built = draft_offline(deployment, incident, bridge, at=at, prior=last, arrived=_say_arrived)
    document = orjson.loads(dossier_of(built, keys, signing).model_dump_json())
    if out is None and (as_json or not at_terminal()):
        print_json(document)
        return
    if out is None:
        _show(built.draft)
        return
    _write(out, orjson.dumps(document, option=orjson.OPT_INDENT_2))
    click.echo(built.draft.message.text)
    click.echo(f"\n{out}: {_summary(built.draft.blocking, len(built.draft.holds))}", err=True)


def _show(draft: Draft) -> None:
    """A draft for a person at a terminal, with the next step."""
    click.echo(f"{unescape(draft.message.text)}\n")
    if draft.holds:
        rows = [(f"H{hold.number}", str(hold.what), str(hold.reason), role_words(hold.role)) for hold in draft.holds]
        print_table(("Held", "What", "Reason", "Resolves"), rows)
        click.echo()
    if draft.register_:
        stands = [("BLOCKS" if entry.blocks else "note", entry.code, entry.sentence) for entry in draft.register_]
        print_table(("Register", "Code", "Why"), stands)
    click.echo("\nKeep it with --out FILE; print the dossier with --json.", err=True)


def _prior_package(last: Dossier, incident: str, bridge: str) -> Package:
    """The package that a draft would replace; another incident's or bridge's is another customer's."""
    if (last.incident, last.bridge.bridge) != (incident, bridge) or not isinstance(last.package, Package):
        raise DossierError(f"--prior is no update of incident {incident} on bridge {bridge}; name the one to replace")
    return last.package


def _say_arrived(health: SourceHealth) -> None:
    if health.state is not SourceState.READ:
        click.echo(f"source {health.source}: {health.problem}", err=True)


def _summary(blocking: tuple[str, ...], holds: int) -> str:
    blocked = f", blocked by {', '.join(blocking)}" if blocking else ""
    return f"{holds} hold{'' if holds == 1 else 's'}{blocked}"


def _write(path: Path, content: bytes) -> None:
    try:
        write_private(path, content + b"\n")
    except OSError as problem:
        raise click.UsageError(f"{path} cannot be written ({problem.strerror}); name another file") from problem


@click.command()
@click.argument("dossiers", type=File, nargs=-1, required=True, metavar="DOSSIER...")
@click.option("--json", "as_json", is_flag=True, help=JSON_HELP)
def replay(dossiers: tuple[Path, ...], *, as_json: bool) -> None:
    """Build drafts again from their recorded inputs. Exit 1 if any byte differs."""
    keys = sealing_keys()

    def check_one(dossier: Path) -> Verdict:
        if differing := replay_differences(read_dossier(dossier), keys):
            return Verdict(ok=False, says=f"differs when built again: {', '.join(differing)}")
        return Verdict(ok=True, says="built again, every byte agrees")

    check_each(dossiers, check_one, "Building again", as_json=as_json)


@click.command()
@click.argument("dossiers", type=File, nargs=-1, required=True, metavar="DOSSIER...")
@click.option(
    "--public-key", type=File, metavar="FILE", help="The signer's public key (PEM); else our own signing key's."
)
@click.option("--json", "as_json", is_flag=True, help=JSON_HELP)
def verify(dossiers: tuple[Path, ...], public_key: Path | None, *, as_json: bool) -> None:
    """Check digests, signature and approvals. Exit 1 names what was altered."""
    public = _public_key(public_key)
    check_each(dossiers, lambda dossier: _verified(dossier, public), "Verifying", as_json=as_json)


def _verified(dossier: Path, public: Ed25519PublicKey) -> Verdict:
    document = read_dossier(dossier)
    try:
        release = check(document, public)
    except NotVerifiedError as problem:
        return Verdict(ok=False, says=str(problem))
    if not release.approvals:
        return Verdict(ok=True, says="draft, intact")
    people = ", ".join(f"{approval.role} ({approval.person.user})" for approval in release.approvals)
    return Verdict(ok=True, says=f"{_named(document)}, intact, approved by {people}")


def _named(document: Dossier) -> str:
    return f"version {document.version}" if document.version else str(document.kind)


def _public_key(path: Path | None) -> Ed25519PublicKey:
    if path is None:
        return signing_key().public_key()
    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError) as problem:
        raise SettingsError(f"{path} is no readable PEM public key; bridgepkg keys new prints one") from problem
    if not isinstance(key, Ed25519PublicKey):
        raise SettingsError(f"{path} is no Ed25519 key; bridgepkg keys new prints one")
    return key


@click.command()
@click.argument("before", type=File)
@click.argument("after", type=File)
@click.option("--json", "as_json", is_flag=True, help=JSON_HELP)
def diff(before: Path, after: Path, *, as_json: bool) -> None:
    """Show what changed between two dossiers, for the customer and internally."""
    old, new = read_dossier(before), read_dossier(after)
    found = diff_dossiers(old, new)
    if as_json or not at_terminal():
        print_json(orjson.loads(found.model_dump_json()))
        return
    for line in diff_lines(found, new.profile):
        click.echo(line)
