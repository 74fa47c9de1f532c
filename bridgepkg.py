"""The command `bridgepkg`: checks that the packages it is about to import are its own, then runs the command line.

Our packages have plain names, and a wheel of somebody else may bring a `bot` too. Whichever is found first, or was
installed last, would run under our name; so this module, whose name is ours alone, looks before anything is imported.
"""

import sys
from base64 import urlsafe_b64encode
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, files
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NoReturn

PACKAGES: Final = ("authoring", "blocks", "bot", "demo", "profiles", "sandbox", "storage", "transforms")
EXIT_COULD_NOT_RUN: Final = 2
EXIT_INTERRUPTED: Final = 130

_HERE: Final = Path(__file__).resolve().parent


def main() -> NoReturn:
    """Run the command line, or say in one sentence whose package is in the way (exit code 2)."""
    if (foreign := foreign_package()) is not None:
        name, place = foreign
        sentence = f"the package {name!r} in {place} is not ours; install bridgepkg in an environment of its own"
        print(f"bridgepkg: {sentence} (python3 -m venv FOLDER)", file=sys.stderr)  # noqa: T201 -- nothing is loaded yet
        sys.exit(EXIT_COULD_NOT_RUN)
    try:
        from bot.commandline.cli import main as run  # noqa: PLC0415 -- only once it is known to be ours
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)
    run()


def foreign_package() -> tuple[str, Path] | None:
    """The first of our packages' names that leads to other code, and the folder where it does; none if all are ours."""
    installed = _installed_digests()
    for name in PACKAGES:
        place = _folder(name)
        if place != _HERE / name:
            return name, place
        start = place / "__init__.py"
        if installed.get(name, _digest(start)) != _digest(start):
            return name, place
    return None


def _folder(name: str) -> Path:
    """Where an import of the package would look, found without importing it."""
    spec = find_spec(name)
    places = list(spec.submodule_search_locations or [spec.origin or name]) if spec else [name]
    return Path(places[0]).resolve()


def _installed_digests() -> dict[str, str]:
    """What pip recorded of each package's first file; nothing in a checkout, where there is no such record."""
    try:
        recorded = files("bridgepkg") or []
    except PackageNotFoundError:
        return {}
    return {file.parts[0]: file.hash.value for file in recorded if file.hash and file.parts[1:] == ("__init__.py",)}


def _digest(file: Path) -> str:
    """In pip's spelling: SHA-256, as base64 for URLs without its padding."""
    return urlsafe_b64encode(sha256(file.read_bytes()).digest()).rstrip(b"=").decode()


if __name__ == "__main__":
    main()
