"""Files are written whole or not at all."""

import os
import sys
from pathlib import Path

import pytest

from optvis.foundation.errors import InputError
from optvis.foundation.files import check_target, write_whole

posix = pytest.mark.skipif(sys.platform == "win32", reason="is of POSIX")


def test_a_new_file_and_a_replaced_one(tmp_path):
    file = tmp_path / "a.txt"
    for data in (b"one", b"", b"three" * 100_000):
        write_whole(file, data)
        assert file.read_bytes() == data
    assert os.listdir(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, error):
    file = tmp_path / "a.txt"
    file.write_bytes(b"old")

    def fail(*_):
        raise error

    for function in ("fsync", "replace"):
        with monkeypatch.context() as broken:
            broken.setattr(os, function, fail)
            with pytest.raises(InputError if isinstance(error, OSError) else KeyboardInterrupt):
                write_whole(file, b"new")
        assert file.read_bytes() == b"old"
        assert os.listdir(tmp_path) == ["a.txt"]


@posix
def test_permissions_are_kept_or_those_of_a_new_file(tmp_path):
    file = tmp_path / "a.txt"
    write_whole(file, b"one")
    other = tmp_path / "b.txt"
    other.write_bytes(b"")
    assert file.stat().st_mode == other.stat().st_mode
    file.chmod(0o640)
    write_whole(file, b"two")
    assert file.stat().st_mode & 0o777 == 0o640


@posix
def test_a_link_stays_a_link(tmp_path):
    file, link = tmp_path / "a.txt", tmp_path / "link.txt"
    file.write_bytes(b"old")
    link.symlink_to(file)
    write_whole(link, b"new")
    assert link.is_symlink()
    assert file.read_bytes() == b"new"


@posix
def test_a_device_is_written_to_and_not_replaced():
    write_whole("/dev/null", b"lost")
    assert not Path("/dev/null").is_file()


@posix
def test_a_link_to_itself_is_an_error(tmp_path):
    link = tmp_path / "link.txt"
    link.symlink_to(link)
    with pytest.raises(InputError, match="link.txt cannot be written"):
        write_whole(link, b"new")


def test_a_relative_name_is_in_the_folder_one_is_in(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_whole("a.txt", b"here")
    assert (tmp_path / "a.txt").read_bytes() == b"here"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("no/such/a.txt", "the folder .*such does not exist; make it first"),
        ("file/a.txt", "file is not a folder"),
        (".", "is a folder; name a file in it"),
        ("a\0b", "cannot be written"),
        ("a" * 5000, "cannot be written"),
        ("", "is a folder"),
    ],
)
def test_what_cannot_be_a_target(tmp_path, monkeypatch, name, message):
    monkeypatch.chdir(tmp_path)
    Path("file").touch()
    for use in (check_target, lambda path: write_whole(path, b"new")):
        with pytest.raises(InputError, match=message):
            use(name)
    assert os.listdir() == ["file"]


def test_asking_changes_nothing(tmp_path):
    assert check_target(tmp_path / "a.txt") == (tmp_path / "a.txt").resolve()
    assert os.listdir(tmp_path) == []


@posix
def test_a_write_protected_file_is_not_replaced(tmp_path):
    file = tmp_path / "a.txt"
    file.write_bytes(b"old")
    file.chmod(0o444)
    for write in (check_target, lambda path: write_whole(path, b"new")):
        with pytest.raises(InputError, match="write-protected; take the protection away, or choose another name"):
            write(file)
    assert file.read_bytes() == b"old"
