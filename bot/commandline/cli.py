"""The command line. Exit codes: 0 done, 1 the answer is no, 2 could not run, with one line on standard error."""

import sys
from difflib import get_close_matches
from importlib import import_module
from typing import Any, Final, NoReturn

import click

from bot.process.exits import EXIT_COULD_NOT_RUN
from profiles.errors import UserFixableError

COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "demo": ("demo.command", "Try everything on this machine: a Slack-like workspace, the bot, and a sample incident."),
    "run": ("bot.commandline.run", "Listen and work together, and keep both alive."),
    "listen": ("bot.commandline.listen", "Receive Slack's requests into the inbox."),
    "work": ("bot.commandline.work", "Work the inbox and deliver the outbox."),
    "draft": ("bot.commandline.dossiers", "Build a draft from the configured sources and print its dossier."),
    "replay": ("bot.commandline.dossiers", "Build drafts again from their recorded inputs."),
    "verify": ("bot.commandline.dossiers", "Check digests, signature and approvals."),
    "diff": ("bot.commandline.dossiers", "Show what changed between two dossiers, for the customer and internally."),
    "export": (
        "bot.commandline.export",
        "Export everything about an incident: as JSON with every dossier, or as one page to read and print.",
    ),
    "audit": ("bot.commandline.export", "Check the log chain."),
    "profile": ("bot.commandline.profiles", "Read and check profiles."),
    "estate": ("bot.commandline.profiles", "Read estate files: which components the house has."),
    "config": ("bot.commandline.profiles", "Read and check bridgepkg.yaml."),
    "source": ("bot.commandline.sources", "Try a source's export and its mapping."),
    "init": (
        "bot.commandline.install",
        "Write a first configuration, profile, app manifest and keys into FOLDER, and say what comes next.",
    ),
    "doctor": (
        "bot.commandline.install",
        "Check tokens, scopes, channels, roles, sources, database, keys and profiles, and say how to fix each.",
    ),
    "keys": ("bot.commandline.keys", "Make the keys that seal and sign."),
    "db": ("bot.commandline.database", "Migrate the database."),
    "completion": (
        "bot.commandline.completion",
        "Print what teaches a shell to complete bridgepkg, for this shell or another.",
    ),
}
"""Each command: the module that it stands in, loaded when asked for because a bot is heavy, and its first sentence,
so that the list of commands loads none. A test keeps each sentence the same as the command's own."""


class _Group(click.Group):
    """Commands in the order in which a reader meets them, and the nearest match for an unknown one."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        found: click.Command = getattr(import_module(COMMANDS[name][0]), name)
        return found

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, sentence) for name, (_, sentence) in COMMANDS.items()])

    def resolve_command(self, context: click.Context, args: list[str]) -> Any:
        try:
            return super().resolve_command(context, args)
        except click.UsageError as problem:
            near = get_close_matches(args[0], COMMANDS, 1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise click.UsageError(f"No such command {args[0]!r}.{hint}", context) from problem


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="bridgepkg")
def cli() -> None:
    """Tell a customer, during a severity-one outage, the truth that may be told: reviewed, held, and provable."""


def main() -> NoReturn:
    """Run the command line; whatever a person can fix ends in one line, never in a traceback."""
    try:
        code = cli(prog_name="bridgepkg", standalone_mode=False)
    except click.Abort:
        _could_not_run("stopped")
    except click.exceptions.NoArgsIsHelpError as asked:
        click.echo(asked.format_message())
        sys.exit(0)
    except click.ClickException as problem:
        _could_not_run(f"{problem.format_message()}{_where_to_look(problem)}")
    except UserFixableError as problem:
        _could_not_run(str(problem))
    except BrokenPipeError:
        sys.exit(0)
    sys.exit(code if isinstance(code, int) else 0)


def _where_to_look(problem: click.ClickException) -> str:
    """The next step after a command that was typed wrongly; our own sentences say it themselves."""
    context = getattr(problem, "ctx", None)
    if context is None:
        return ""
    end = "" if problem.format_message().endswith((".", "?")) else "."
    return f"{end} See {context.command_path} --help."


def _could_not_run(sentence: str) -> NoReturn:
    click.echo(f"bridgepkg: {' '.join(sentence.split())}", err=True)
    sys.exit(EXIT_COULD_NOT_RUN)


if __name__ == "__main__":
    main()
