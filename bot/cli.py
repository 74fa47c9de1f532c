"""The command line. Exit codes: 0 done, 1 the answer is no, 2 could not run, with one line on standard error."""

import sys
from difflib import get_close_matches
from typing import Any, NoReturn

import click

from bot.commandline.dossiers import diff, draft, replay, verify
from bot.commandline.keys import keys
from bot.commandline.servers import db, demo, listen, run, work
from profiles.errors import MendableError

COULD_NOT_RUN = 2


class _Group(click.Group):
    """Commands in the order in which a reader meets them, and the nearest match for an unknown one."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return list(self.commands)

    def resolve_command(self, context: click.Context, args: list[str]) -> Any:
        try:
            return super().resolve_command(context, args)
        except click.UsageError as problem:
            near = get_close_matches(args[0], self.commands, 1)
            hint = f" Did you mean {near[0]}?" if near else " See bridgepkg --help."
            raise click.UsageError(f"{problem.message}{hint}") from problem


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="bridgepkg")
def cli() -> None:
    """Tell a customer, during a severity-one outage, the truth that may be told: reviewed, held, and provable."""


for _command in (demo, run, listen, work, draft, replay, verify, diff, keys, db):
    cli.add_command(_command)


def main() -> NoReturn:
    """Run the command line; whatever a person can mend ends in one line, never in a traceback."""
    try:
        code = cli(standalone_mode=False)
    except click.Abort:
        _could_not_run("stopped")
    except click.ClickException as problem:
        _could_not_run(problem.format_message())
    except MendableError as problem:
        _could_not_run(str(problem))
    except BrokenPipeError:
        sys.exit(0)
    sys.exit(code if isinstance(code, int) else 0)


def _could_not_run(sentence: str) -> NoReturn:
    click.echo(f"bridgepkg: {' '.join(sentence.split())}", err=True)
    sys.exit(COULD_NOT_RUN)


if __name__ == "__main__":
    main()
