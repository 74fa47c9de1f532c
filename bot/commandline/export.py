"""`export` and `audit`: what auditors need, on paper and as data."""

import sys
from pathlib import Path

import click

from blocks.report.page import Report, ReportDraft, ReportLog, report_page
from bot.clock import SYSTEM_CLOCK
from bot.commandline.database import open_plain_store
from bot.commandline.exported import IncidentExport, as_json, gather
from bot.commandline.output import JSON_HELP, at_terminal, print_json, print_table, waiting
from bot.process.exits import EXIT_NO
from bot.settings import signing_key
from storage.log import faults
from storage.private import write_private
from storage.store import Store

File = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.option("--incident", required=True, metavar="KEY", help="The incident, as its own system spells it.")
@click.option("--format", "form", type=click.Choice(["json", "html"]), default="json", show_default=True)
@click.option("--annexes", is_flag=True, help="JSON only: unseal what was withheld. Handle the file like the annexes.")
@click.option("--out", type=File, metavar="FILE", help="Write here instead of printing.")
def export(incident: str, form: str, annexes: bool, out: Path | None) -> None:
    """Export everything about an incident: as JSON with every dossier, or as one page to read and print.

    At a terminal, without --out, it lists the drafts instead.
    """
    with waiting("Gathering every draft"):
        exports = gather(_store(), incident, signing_key().public_key(), SYSTEM_CLOCK.now())
    if out is None and at_terminal():
        _show(exports)
        return
    content = as_json(exports, annexes=annexes) if form == "json" else _pages(exports)
    if out is None:
        sys.stdout.buffer.write(content + b"\n")
        return
    try:
        write_private(out, content + b"\n")
    except OSError as problem:
        raise click.UsageError(f"{out} cannot be written ({problem.strerror}); name another file") from problem
    click.echo(f"{out}: {len(content):,} bytes", err=True)


def _show(exports: list[IncidentExport]) -> None:
    rows = [
        (
            found.bridge_case.bridge,
            str(item.stored.number),
            str(item.stored.draft.version or item.stored.draft.kind),
            item.stored.state.state,
            f"{item.stored.created_at:%Y-%m-%d %H:%M} UTC",
            item.verified,
        )
        for found in exports
        for item in found.drafts
    ]
    print_table(("Bridge", "Draft", "Version", "State", "Drafted", "Manifest"), rows)
    click.echo("\nWrite everything with --out FILE, as a page with --format html.", err=True)


def _store() -> Store:
    return open_plain_store()


def _pages(exports: list[IncidentExport]) -> bytes:
    if len(exports) > 1:
        bridges = ", ".join(found.bridge_case.bridge for found in exports)
        raise click.UsageError(f"this incident has several bridges ({bridges}); export it as JSON")
    return report_page(_report(exports[0])).encode()


def _report(found: IncidentExport) -> Report:
    return Report(
        incident=found.bridge_case.incident,
        account=str(found.drafts[-1].stored.draft.audience.label) if found.drafts else found.bridge_case.bridge,
        opened_at=found.bridge_case.opened_at,
        made_at=found.made_at,
        drafts=tuple(
            ReportDraft(
                number=item.stored.number,
                draft=item.stored.draft,
                state=item.stored.state,
                created_at=item.stored.created_at,
                profile=item.profile,
                diff=item.diff,
                release=item.release,
                verified=item.verified,
            )
            for item in found.drafts
        ),
        log=tuple(ReportLog(e.seq, e.at, e.kind, e.subject, e.hash) for e in found.log),
        chain=found.chain,
        names=found.names,
    )


@click.group()
def audit() -> None:
    """Check the log chain."""


@audit.command("verify")
@click.option("--json", "as_json", is_flag=True, help=JSON_HELP)
def audit_verify(*, as_json: bool) -> None:
    """Check every link of every chain. Exit 1 names what was altered, dropped or reordered."""
    with waiting("Checking every link"), _store().read() as transaction:
        found = list(faults(transaction, signing_key().public_key()))
    if as_json:
        print_json({"holds": not found, "faults": found})
    else:
        click.echo("\n".join(found) or "every chain holds")
    if found:
        sys.exit(EXIT_NO)
