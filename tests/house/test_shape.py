"""The house keeps its shape: short functions, short files, no word about machines or registries."""

import ast
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("demo", "sandbox", "bot", "authoring", "blocks", "storage", "transforms", "profiles", "tests")
LONGEST_FUNCTION = 50
LONGEST_FILE = 350
TYPICAL_FUNCTION = 10
FORBIDDEN_NAMES = {"utils", "helpers", "common", "manager", "service", "handler", "ctx"}


def sources():
    """Every Python file of ours but migrations."""
    files = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    return [path for path in (ROOT / "bridgepkg.py", *files) if "versions" not in path.parts]


def functions():
    """Every function with the lines of its body, without its docstring."""
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                yield path, node.name, (body[-1].end_lineno - body[0].lineno + 1) if body else 0


def test_files_stay_within_their_limit():
    """No file is longer than 350 lines."""
    assert {str(p): n for p in sources() if (n := p.read_text().count("\n")) > LONGEST_FILE} == {}


def test_functions_stay_within_their_limit():
    """No function is longer than 50 lines, and the typical one is about 10 or shorter."""
    sizes = list(functions())
    assert [(str(path), name, size) for path, name, size in sizes if size > LONGEST_FUNCTION] == []
    product = sorted(size for path, _, size in sizes if "tests" not in path.parts)
    assert product[len(product) // 2] <= TYPICAL_FUNCTION


def test_names_say_what_they_are():
    """No module is called by a word that fits anything."""
    assert [str(path) for path in sources() if path.stem in FORBIDDEN_NAMES] == []


def test_files_name_no_registry_and_no_machine():
    """Nothing that git keeps names a package registry's host or a path of the machine that it was written on."""
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    registry = re.compile(r"https?://\S+\.(?:whl|tgz|tar\.gz)\b|--(?:extra-)?index-url|https?://\S+/simple\b")
    here = str(ROOT.parent) + "/"
    found = []
    for name in tracked:
        path = ROOT / name
        if path.suffix not in {".png", ".svg"} and path.is_file() and path != Path(__file__):
            text = path.read_text(errors="replace").replace("--no-emit-index-url", "")
            if registry.search(text) or (len(here) > len("/x/") and here in text):
                found.append(name)
    assert found == []
