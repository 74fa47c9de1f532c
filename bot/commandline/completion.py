"""`completion`: the lines that teach a shell to complete `bridgepkg`."""

import os
from pathlib import Path

import click
from click.shell_completion import BashComplete, FishComplete, ShellComplete, ZshComplete

SHELLS: dict[str, type[ShellComplete]] = {"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete}


HOW = """\b
bash: echo 'eval "$(bridgepkg completion bash)"' >> ~/.bashrc
zsh:  echo 'eval "$(bridgepkg completion zsh)"' >> ~/.zshrc
fish: bridgepkg completion fish > ~/.config/fish/completions/bridgepkg.fish
"""


@click.command(epilog=HOW)
@click.argument("shell", type=click.Choice([*SHELLS]), required=False)
@click.pass_context
def completion(context: click.Context, shell: str | None) -> None:
    """Print what teaches a shell to complete bridgepkg, for this shell or another."""
    name = shell or Path(os.environ.get("SHELL", "")).name
    if name not in SHELLS:
        raise click.UsageError(f"I cannot tell your shell; name one of {', '.join(SHELLS)}", context)
    script = SHELLS[name](context.find_root().command, {}, "bridgepkg", "_BRIDGEPKG_COMPLETE")
    click.echo(script.source_template % script.source_vars())
