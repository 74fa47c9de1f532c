"""Profiles and estates as files: read, completed, checked whole, with the place of the first fault."""

from functools import cache
from pathlib import Path
from typing import Any, Final

from profiles.documents import DocumentError, Places, load_model, load_yaml, nearest, read_document
from profiles.estate import Estate
from profiles.models import Profile
from profiles.rules import RuleError, read_rules
from profiles.upgrade import Completed, completed

SHIPPED: Final = Path(__file__).parent
_TUTORIAL: Final = SHIPPED / "customer-bridge.yaml"


def load_profile(path: Path) -> Profile:
    """The profile in this file with what it names beside it; `DocumentError` names file, line, column, how to fix."""
    content, name = read_document(path), str(path)
    return load_model(Profile, content, name, lambda data, places: completed_document(data, places, path).data)


def completed_document(data: Any, places: Places, path: Path) -> Completed:
    """The document with the rules that it names, and with what it takes from the shipped profile."""
    return completed(_inlined(data, places, path), _shipped())


@cache
def _shipped() -> dict[str, Any]:
    data: dict[str, Any] = load_yaml(read_document(_TUTORIAL), str(_TUTORIAL))[0]
    return data


def _inlined(data: Any, places: Places, path: Path) -> Any:
    """The document with the text of its rule file in the place of the file's name, once every rule was read."""
    scan = data.get("scan") if isinstance(data, dict) else None
    if not isinstance(scan, dict) or not isinstance(scan.get("gitleaks_file"), str):
        return data
    rules = path.parent / scan["gitleaks_file"]
    try:
        text = read_document(rules).decode("utf-8")
        read_rules(text)
    except (DocumentError, RuleError, UnicodeDecodeError) as problem:
        place = nearest(("scan", "gitleaks_file"), places)
        said = problem if isinstance(problem, DocumentError) else f"{rules}: {problem}"
        raise DocumentError(str(path), f"scan.gitleaks_file: {said}", *place) from problem
    kept = {key: value for key, value in scan.items() if key != "gitleaks_file"}
    return data | {"scan": kept | {"gitleaks": text}}


def load_estate(path: Path) -> Estate:
    """The estate in this file; `DocumentError` names file, line, column, how to fix."""
    return load_model(Estate, read_document(path), str(path))


def find_profile(name: str, near: Path) -> Path:
    """The file of a profile named in a configuration: a path beside that file, or one that ships with bridgepkg."""
    own = near / name
    return own if own.suffix in {".yaml", ".yml"} else SHIPPED / f"{name}.yaml"
