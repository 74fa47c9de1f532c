"""What a leak mutant is, and the tests that should find leaks of each kind."""

from dataclasses import dataclass
from typing import Final

_RAW: Final = '__import__("profiles.safetext", fromlist=["x"]).SafeText._trusted'
CORE: Final = "tests/transforms"

NONINTERFERENCE: Final = f"{CORE}/test_noninterference.py"
HOLDS: Final = f"{CORE}/model/test_holds.py"
LEAKSCAN: Final = f"{CORE}/scan/test_leakscan.py"
EVASION: Final = f"{CORE}/scan/test_evasion.py"
CLEARANCE: Final = f"{CORE}/render/test_clearance.py"
MESSAGE: Final = f"{CORE}/publish/test_message.py"
DISCLOSURE: Final = f"{CORE}/render/test_disclosure.py"
VALIDATE: Final = f"{CORE}/validate/test_validate.py"
ORDER: Final = f"{CORE}/test_hidden_order.py"
KEYED: Final = f"{CORE}/model/test_keyed_digests.py"
SAFETEXT: Final = "tests/profiles/test_safetext.py"


@dataclass(frozen=True)
class Mutant:
    """One way to leak: the module, what stands there, what is put in its place, and where it should be found."""

    name: str
    module: str
    old: str
    new: str
    tests: tuple[str, ...]


def mutant(name: str, module: str, old: str, new: str, *tests: str) -> Mutant:
    """A mutant. `RAW(…)` in its new text is the cheat that the type forbids: customer text made of a plain string."""
    return Mutant(name, module, old, new.replace("RAW(", f"{_RAW}("), tests)
