"""Profiles as files: read, checked whole, with the place of the first fault."""

from pathlib import Path
from typing import Final

from profiles.documents import load_model, read_document
from profiles.models import Profile

SHIPPED: Final = Path(__file__).parent


def load_profile(path: Path) -> Profile:
    """The profile in this file; `DocumentError` names file, line, column and how to mend."""
    return load_model(Profile, read_document(path), str(path))


def find_profile(name: str, near: Path) -> Path:
    """The file of a profile named in a configuration: a path beside that file, or one that ships with bridgepkg."""
    own = near / name
    return own if own.suffix in {".yaml", ".yml"} else SHIPPED / f"{name}.yaml"
