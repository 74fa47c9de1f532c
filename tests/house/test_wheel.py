"""The wheel, built from the source distribution, runs in an environment and a folder that know nothing of this one."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("authoring", "blocks", "bot", "demo", "profiles", "sandbox", "storage", "transforms")
SITE = Path(sysconfig.get_path("purelib"))
EXTRA = ("httpx", "websockets")
OURS = ("bridgepkg", "__editable__", "_virtualenv", "distutils")


def tracked(*folders):
    """What git keeps, or would, as paths from the root."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", *folders]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [Path(name) for name in listed if (ROOT / name).exists()]


def built(kind, source, target):
    """Build a distribution as pip would, with what is installed here: no index is asked."""
    command = [sys.executable, "-c", f"import setuptools.build_meta as b; b.build_{kind}({str(target)!r})"]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return next(target.glob("*.tar.gz" if kind == "sdist" else "*.whl"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """A wheel made from a source distribution made from a clean copy of the checkout."""
    folder = tmp_path_factory.mktemp("built")
    for path in tracked():
        (folder / "checkout" / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, folder / "checkout" / path, follow_symlinks=False)
    with tarfile.open(built("sdist", folder / "checkout", folder)) as archive:
        archive.extractall(folder, filter="data")
    return built("wheel", next(folder.glob("bridgepkg-*/")), folder)


class Place:
    """An environment in which only the wheel is installed, beside this environment's libraries, and an empty folder."""

    def __init__(self, folder, wheel):
        venv.create(folder / "env", with_pip=True, symlinks=True)
        self.python, self.command = folder / "env" / "bin" / "python", folder / "env" / "bin" / "bridgepkg"
        self.empty, self.extra = folder / "empty", folder / "extra"
        self.empty.mkdir()
        install = [self.python, "-m", "pip", "install", "-q", "--no-deps", "--no-index", wheel]
        subprocess.run(install, check=True, capture_output=True)
        self.site = next((folder / "env" / "lib").glob("python*/site-packages"))
        libraries = self._linked(folder / "libraries", lambda name: not name.startswith((*EXTRA, *OURS)))
        (self.site / "libraries.pth").write_text(f"{libraries}\n")
        self._linked(self.extra, lambda name: name.startswith(EXTRA))

    def _linked(self, folder, wanted):
        """Those of this environment's libraries; the checkout itself is not among them."""
        folder.mkdir()
        for entry in SITE.iterdir():
            if wanted(entry.name) and entry.suffix != ".pth":
                (folder / entry.name).symlink_to(entry)
        return folder

    def run(self, *arguments, beside=None):
        """Run the installed command in the empty folder, with further packages on its path."""
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(beside or ""), "HOME": str(self.empty)}
        return subprocess.run(
            [self.command, *arguments], cwd=self.empty, env=environment, capture_output=True, text=True, check=False
        )


@pytest.fixture(scope="module")
def place(tmp_path_factory, wheel):
    """One environment for all tests, which none of them changes."""
    return Place(tmp_path_factory.mktemp("elsewhere"), wheel)


def test_wheel_carries_every_file_of_the_packages(wheel):
    """What git keeps under a package is in the wheel, the sample and the manifest as files; and nothing else is."""
    files = {str(path) for path in tracked(*PACKAGES, "bridgepkg.py") if not (ROOT / path).is_dir()}
    sample = {f"demo/{path}" for path in tracked("examples")}
    assert {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name} == files | sample


def test_wheel_runs_the_demo_in_an_empty_folder(place):
    """The whole story is played from the installed wheel alone."""
    done = place.run("demo", "--autoplay", beside=place.extra)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stdout[-2000:] + done.stderr
    assert "steps came out as expected" in done.stdout


def test_wheel_begins_an_installation_and_lints_its_profile(place):
    """`init` writes every first file, and the profile among them is one that `profile lint` accepts."""
    assert place.run("init", "mine").returncode == 0
    files = sorted(path.name for path in (place.empty / "mine").iterdir())
    assert files == [".env", "app_manifest.yaml", "bridgepkg.yaml", "exports", "profile.yaml"]
    assert (place.empty / "mine" / "app_manifest.yaml").read_bytes() == (ROOT / "app_manifest.yaml").read_bytes()
    done = place.run("profile", "lint", "mine/profile.yaml")
    assert (done.returncode, done.stderr) == (0, "")


def test_demo_without_its_extra_says_what_to_install(place):
    """Without the demo's own libraries one sentence names the extra, and the rest of the help is there."""
    done = place.run("demo", "--autoplay")
    sentence = "bridgepkg: the demo needs more than the bot does; run: pip install 'bridgepkg[demo]'\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", sentence)
    assert place.run("--help").returncode == 0


def test_bot_of_somebody_else_that_is_found_first_is_named(place, tmp_path):
    """Another package called `bot` earlier on the path is never run; one sentence says where it is."""
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / "__init__.py").write_text("raise SystemExit('somebody else ran')\n")
    assert said_of(place.run("--help", beside=tmp_path)) == refusal("bot", tmp_path / "bot")


def test_package_that_was_overwritten_is_named(place):
    """Another wheel with a `storage` of its own, installed over ours into the same environment, is noticed."""
    start = place.site / "storage" / "__init__.py"
    ours = start.read_bytes()
    start.unlink()
    try:
        start.write_text('"""Storage of somebody else."""\n')
        assert said_of(place.run("--help")) == refusal("storage", place.site / "storage")
    finally:
        start.write_bytes(ours)


def said_of(done):
    """The exit code and everything that was printed."""
    return done.returncode, done.stdout, done.stderr


def refusal(name, where):
    """What a foreign package leads to."""
    sentence = f"the package '{name}' in {where} is not ours; install bridgepkg in an environment of its own"
    return 2, "", f"bridgepkg: {sentence} (python3 -m venv FOLDER)\n"
