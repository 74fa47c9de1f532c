"""Every single typo in every expression of every shipped preset: one name of it with a letter more."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.sources.presets import SHIPPED, Preset, load_preset

_NAMES = re.compile(
    r"`[^`]*`"
    r"|(?<=nested\(product_tree, )'(?P<key>\w+)'"
    r"|'[^']*'"
    r'|"(?P<quoted>[^"]+)"'
    r"|(?P<name>[A-Za-z_]\w*)(?P<call>\()?"
)


def typos(preset: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """What is misspelt where, and the mapping with it."""
    whole = load_preset(preset, SHIPPED)
    for steps, expression in whole.expressions():
        for found in _NAMES.finditer(expression):
            group = next((name for name in ("key", "quoted", "name") if found[name]), None)
            if group and not found["call"]:
                wrong = f"{expression[: found.end(group)]}x{expression[found.end(group) :]}"
                yield f"{'.'.join(steps)}: {wrong}", _with(whole, steps, wrong)


def _with(preset: Preset, steps: tuple[str, ...], expression: str) -> dict[str, Any]:
    data = json.loads(preset.model_dump_json(exclude_none=True))
    holder = data
    for step in steps[:-1]:
        holder = holder[step]
    holder[steps[-1]] = expression
    return data


def write(folder: Path, mapping: dict[str, Any]) -> str:
    """The mapping as a file of one's own; its name. JSON is YAML."""
    (folder / "own.yaml").write_text(json.dumps(mapping))
    return "own.yaml"
