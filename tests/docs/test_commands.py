"""Every command that the docs name exists and takes what the docs give it: on the command line, in Slack, in make."""

import re
import shlex
from collections.abc import Iterator

import click
import pytest

from bot.commandline.cli import cli
from bot.intake.commands import NotUnderstood, parse
from bot.sources.presets import Preset
from tests.docs.blocks import PAGES, ROOT, blocks

SPAN = re.compile(r"`([^`\n]+)`")
ON_THE_COMMAND_LINE = re.compile(r"(?<![\w/.-])(?:\.venv/bin/)?bridgepkg(?= |$)([^|;&>()#\"]*)")
IN_SLACK = re.compile(r"^/bridgepkg\b(.*)$")
IN_MAKE = re.compile(r"(?:^|[;&] *)make ([a-z][a-z-]*)")
PLACEHOLDERS = re.compile(r"[\[\]]|…")


def code(page) -> Iterator[str]:
    """Every line of shell and every span of code on a page, without its comment."""
    text = page.read_text()
    for block in blocks(page):
        text = text.replace(block.text, "")
        if block.language in {"sh", ""}:
            yield from (line.strip().partition(" #")[0] for line in block.text.splitlines())
    yield from SPAN.findall(text)


def problem(arguments: list[str]) -> str | None:
    """Why the command line would refuse this; to leave out a required option is only a shorter way to speak of it."""
    command, context = cli, None
    try:
        while isinstance(command, click.Group) and arguments and not arguments[0].startswith("-"):
            context = click.Context(command, parent=context)
            _, command, arguments = command.resolve_command(context, arguments)
        if not isinstance(command, click.Group):
            command.make_context(command.name, arguments, parent=context)
    except (click.MissingParameter, click.exceptions.Exit):
        return None
    except click.ClickException as refused:
        return refused.format_message()
    return None


def named(pattern: re.Pattern[str]) -> list[tuple[str, str]]:
    """Each page with each thing that the pattern finds in its code."""
    return [(page.name, found) for page in PAGES for line in code(page) for found in pattern.findall(line)]


def test_commands_of_the_command_line_exist():
    """With every option and choice that is given to them."""
    found = [(page, rest.strip()) for page, rest in named(ON_THE_COMMAND_LINE) if rest.strip()]
    refused = {(page, rest): why for page, rest in found if (why := problem(shlex.split(rest.removesuffix(" 2"))))}
    assert refused == {}
    assert len(found) > 30


def test_commands_in_slack_are_understood():
    """Each is parsed as the bot parses it."""
    found = [(page, PLACEHOLDERS.sub("", rest)) for page, rest in named(IN_SLACK)]
    refused = {said: answer.sentence for said in found if isinstance(answer := parse(said[1]), NotUnderstood)}
    assert refused == {}
    assert len(found) > 15


def test_targets_of_make_exist():
    """Each stands in the Makefile."""
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    found = named(IN_MAKE)
    assert {target for _, target in found} <= targets
    assert {"demo", "test", "screenshots"} <= {target for _, target in found}


def test_settings_exist():
    """Each variable that the docs name is read by the bot."""
    names = re.compile(r"\b(?:BRIDGEPKG|SLACK)_[A-Z_]+\b")
    read = {name for file in (ROOT / "bot").rglob("*.py") for name in names.findall(file.read_text())}
    assert {name for page in PAGES for name in names.findall(page.read_text())} <= read | {"BRIDGEPKG_REQUIRE_CHROMIUM"}


def test_keys_of_a_mapping_are_explained():
    """Whoever writes a mapping finds every key of it in the docs."""
    told = set(SPAN.findall((ROOT / "docs" / "configuration.md").read_text()))
    assert set(Preset.model_fields) - told == set()


@pytest.mark.parametrize("wrong", ["drafty", "draft --incidents x", "export --format pdf", "keys old", "demo extra"])
def test_commands_that_do_not_exist_are_found(wrong):
    """The check itself refuses what the command line refuses."""
    assert problem(wrong.split())
