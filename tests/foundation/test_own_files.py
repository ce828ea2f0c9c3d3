"""What is read was written by this user alone, whatever stands in its place."""

import os
import stat
import sys
from pathlib import Path

import pytest

from optvis.foundation.own_files import check_own_folder, make_own_folder, read_own, write_own

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="owners and permissions are of POSIX")
as_root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
SOMEBODY = 12345


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "a" / "b"
    make_own_folder(made)
    return made


@pytest.fixture
def file(folder):
    write_own(folder / "file", b"data")
    return folder / "file"


def permissions(path):
    return stat.S_IMODE(path.lstat().st_mode)


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_folders_and_files_are_closed_to_others_whatever_the_mask(tmp_path, mask):
    before = os.umask(mask)
    try:
        make_own_folder(tmp_path / "a" / "b")
        write_own(tmp_path / "a" / "b" / "file", b"data")
    finally:
        os.umask(before)
    assert [permissions(tmp_path / path) for path in ("a", "a/b", "a/b/file")] == [0o700, 0o700, 0o600]
    assert read_own(tmp_path / "a" / "b" / "file", 4) == b"data"


def test_a_folder_from_an_earlier_time_is_closed(folder):
    for use in (check_own_folder, make_own_folder):
        folder.chmod(0o777)
        use(folder)
        assert permissions(folder) == 0o700


def test_a_link_in_the_place_of_a_folder_is_refused_and_what_it_points_to_stays(folder, tmp_path):
    folder.chmod(0o755)
    (tmp_path / "link").symlink_to(folder)
    for use in (check_own_folder, make_own_folder):
        with pytest.raises(OSError, match="link"):
            use(tmp_path / "link")
    assert permissions(folder) == 0o755


def test_a_file_in_the_place_of_a_folder_is_refused(file):
    for use in (check_own_folder, make_own_folder):
        with pytest.raises(OSError, match="file"):
            use(file)


@as_root
def test_a_folder_of_another_user_is_refused(folder):
    os.chown(folder, SOMEBODY, SOMEBODY)
    for use in (check_own_folder, make_own_folder):
        with pytest.raises(PermissionError, match="another user"):
            use(folder)


IN_ITS_PLACE = {
    "a pipe": os.mkfifo if hasattr(os, "mkfifo") else None,
    "a folder": Path.mkdir,
    "a link to a file that would do": lambda file: file.symlink_to(file.with_name("other")),
    "a link to zeros without end": lambda file: file.symlink_to("/dev/zero"),
    "a link to itself": lambda file: file.symlink_to(file),
    "nothing": lambda file: None,
}


@pytest.mark.timeout(10)
@pytest.mark.parametrize("put", IN_ITS_PLACE.values(), ids=IN_ITS_PLACE)
def test_only_a_plain_file_is_read(file, put):
    write_own(file.with_name("other"), b"data")
    file.unlink()
    put(file)
    with pytest.raises(OSError):  # noqa: PT011 - the system's words differ
        read_own(file, 4)


@pytest.mark.parametrize("mode", [0o604, 0o602, 0o640, 0o620, 0o610])
def test_a_file_that_is_open_to_others_is_not_read(file, mode):
    file.chmod(mode)
    with pytest.raises(PermissionError, match="open to others"):
        read_own(file, 4)


def test_no_more_is_read_than_asked_for(file):
    with pytest.raises(OSError, match="too large"):
        read_own(file, 3)


@as_root
def test_a_file_of_another_user_is_not_read(file):
    os.chown(file, SOMEBODY, SOMEBODY)
    with pytest.raises(PermissionError, match="another user"):
        read_own(file, 4)


@as_root
def test_a_user_does_not_read_a_file_of_root(file, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: SOMEBODY)
    with pytest.raises(PermissionError, match="another user"):
        read_own(file, 4)


def test_writing_replaces_a_link_and_not_what_it_points_to(file, tmp_path):
    document = tmp_path / "document"
    document.write_bytes(b"somebody's work")
    file.unlink()
    file.symlink_to(document)
    write_own(file, b"data")
    assert read_own(file, 4) == b"data"
    assert document.read_bytes() == b"somebody's work"


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(file, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="No space"):
        write_own(file, b"new")
    assert read_own(file, 4) == b"data"
    assert os.listdir(file.parent) == ["file"]
