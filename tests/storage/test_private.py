"""Private files: nobody but the owner can open a database, a dossier or an export, whatever the umask says."""

import os

import pytest

from storage.private import is_open_to_others, write_private
from storage.schema import upgrade
from storage.store import Store, sqlite_files
from tests.databases import KEYS, SIGNING

OWNER_ALONE = 0o600


@pytest.fixture(autouse=True)
def open_umask():
    """A shell that lets everybody read and write what it makes."""
    before = os.umask(0)
    yield
    os.umask(before)


def modes(folder) -> dict[str, int]:
    """The permissions of every file in a folder."""
    return {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}


@pytest.mark.parametrize(
    "address", ["sqlite:///{}", "sqlite:///file:{}?uri=true", "sqlite:///file:{}?mode=rwc&uri=true"]
)
def test_new_database_and_its_journal_are_for_the_owner_alone(tmp_path, address):
    """The file, its write-ahead log and its index have the mode while they are in use."""
    url = address.format(tmp_path / "new.db")
    store = Store(url, KEYS, SIGNING)
    upgrade(store)
    with store.write():
        assert modes(tmp_path) == dict.fromkeys(("new.db", "new.db-wal", "new.db-shm"), OWNER_ALONE)
        assert set(sqlite_files(url)) == set(tmp_path.iterdir())
    store.close()


def test_database_that_is_there_keeps_its_mode(tmp_path):
    """Who may read an existing database is for whoever made it to say; it opens as before."""
    (tmp_path / "old.db").touch(mode=0o640)
    store = Store(f"sqlite:///{tmp_path / 'old.db'}", KEYS, SIGNING)
    upgrade(store)
    store.close()
    assert modes(tmp_path)["old.db"] == 0o640
    assert is_open_to_others(tmp_path / "old.db")


def test_written_file_is_for_the_owner_alone(tmp_path):
    """A new file, and one that others could read before, hold exactly the bytes, and nothing is left beside them."""
    (tmp_path / "old").touch(mode=0o666)
    for name in ("new", "old"):
        write_private(tmp_path / name, b"secret")
    assert modes(tmp_path) == {"new": OWNER_ALONE, "old": OWNER_ALONE}
    assert {(tmp_path / name).read_bytes() for name in ("new", "old")} == {b"secret"}
    assert not is_open_to_others(tmp_path / "new")


def test_reader_who_holds_the_old_file_open_reads_nothing_new(tmp_path):
    """Whoever opened a file while they could does not read what is written into its place."""
    (tmp_path / "old").write_bytes(b"before")
    with (tmp_path / "old").open("rb") as held:
        write_private(tmp_path / "old", b"secret")
        assert held.read() == b"before"


def test_link_is_followed_and_a_pipe_is_written_to(tmp_path):
    """A link keeps leading to its file, and what is no plain file stays what it is."""
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to("file")
    write_private(tmp_path / "link", b"secret")
    assert ((tmp_path / "link").is_symlink(), (tmp_path / "file").read_bytes()) == (True, b"secret")
    read, write = os.pipe()
    write_private(tmp_path.__class__(f"/proc/self/fd/{write}"), b"secret")
    assert os.read(read, 9) == b"secret"
    os.close(read)
    os.close(write)


def test_file_that_cannot_be_written_leaves_nothing(tmp_path):
    """A folder in the place of the file, or no folder at all, is the usual error, and nothing stays behind."""
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "folder", tmp_path / "none" / "file"):
        with pytest.raises(OSError, match=r"directory"):
            write_private(path, b"secret")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
