"""Files for their owner alone: the database, keys, dossiers and exports. Nobody else may read them at any moment.

A file gets its mode when it is created (open(2)), never afterwards, so that the umask of whoever runs us opens nothing.
"""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Final

MODE: Final = 0o600
OTHERS: Final = 0o077
"""What lets the group or everybody else read, write or run a file."""


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read; `OSError` as of any write.

    A file that is there already is replaced whole, since others may be allowed to read it or hold it open. What is no
    plain file, such as a pipe, is written to as it is.
    """
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    target = path.resolve()
    fresh = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE), "wb") as file:
            file.write(content)
        fresh.replace(target)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise


def create_private(path: Path) -> None:
    """An empty file that only its owner can read, unless one is there; where none can be, whoever opens it says why."""
    with suppress(OSError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE))


def is_open_to_others(path: Path) -> bool:
    """Whether somebody else may read, write or run a file; no for one that is not there."""
    try:
        return bool(path.stat().st_mode & OTHERS)
    except OSError:
        return False
