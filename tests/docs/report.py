"""The HTML report of a demo, made by the command that an auditor would use."""

import os
import subprocess
import sys
from pathlib import Path

from demo.running import Demo


def export_report(demo: Demo, out: Path) -> Path:
    """`bridgepkg export --format html` of the demo's incident, with the demo's own database and keys."""
    command = ["export", "--incident", demo.sample.incident, "--format", "html", "--out", str(out)]
    subprocess.run(
        [sys.executable, "-m", "bot.commandline.cli", *command],
        env={**os.environ, **demo.environment},
        check=True,
        capture_output=True,
        timeout=60,
    )
    return out
