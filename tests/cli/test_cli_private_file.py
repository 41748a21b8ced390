import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from liftgate.cli.private_file import Lock, forget, read_private, write_private


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def target(home: Path) -> Path:
    return home / "cache" / "liftgate" / "x.session"


def test_what_is_written_is_read_and_nobody_else_may(target: Path) -> None:
    old = os.umask(0)
    try:
        write_private(str(target), "secret\n")
    finally:
        os.umask(old)
    assert read_private(str(target)) == "secret\n"
    assert (mode(target), mode(target.parent)) == (0o600, 0o700)


def test_a_file_is_replaced_whole_and_nothing_is_left_beside_it(target: Path) -> None:
    write_private(str(target), "old")
    with target.open(encoding="utf-8") as reader:
        write_private(str(target), "new and longer")
        assert reader.read() == "old"
    assert [path.name for path in target.parent.iterdir()] == ["x.session"]


def test_an_unfinished_file_is_cleared_away(target: Path) -> None:
    with pytest.raises(UnicodeEncodeError):
        write_private(str(target), "\ud800")
    assert list(target.parent.iterdir()) == []


def test_a_folder_open_to_others_is_closed(target: Path) -> None:
    target.parent.mkdir(parents=True)
    target.parent.chmod(0o777)
    write_private(str(target), "x")
    assert mode(target.parent) == 0o700


def test_a_link_in_the_place_of_the_folder_is_refused(target: Path, home: Path) -> None:
    (home / "elsewhere").mkdir()
    target.parent.parent.mkdir()
    target.parent.symlink_to(home / "elsewhere")
    with pytest.raises(PermissionError):
        write_private(str(target), "x")
    assert list((home / "elsewhere").iterdir()) == []


@pytest.mark.parametrize("bits", [0o640, 0o604, 0o620, 0o602, 0o700])
def test_a_file_that_others_can_touch_is_not_read(target: Path, bits: int) -> None:
    write_private(str(target), "x")
    target.chmod(bits)
    assert read_private(str(target)) is None


def test_a_link_in_the_place_of_a_file_is_neither_read_nor_written_through(target: Path, home: Path) -> None:
    (home / "victim").write_text("precious", encoding="utf-8")
    (home / "victim").chmod(0o600)
    target.parent.mkdir(parents=True)
    target.symlink_to(home / "victim")
    assert read_private(str(target)) is None
    write_private(str(target), "x")
    assert (home / "victim").read_text(encoding="utf-8") == "precious"
    assert read_private(str(target)) == "x"


def test_what_is_no_file_of_ours_is_not_read(target: Path) -> None:
    target.parent.mkdir(parents=True)
    assert read_private(str(target)) is None
    os.mkfifo(target, 0o600)
    assert read_private(str(target)) is None  # and does not hang
    target.unlink()
    target.mkdir()
    assert read_private(str(target)) is None


@pytest.mark.parametrize("content", [b"\xff", b"x" * 200_000])
def test_what_we_cannot_have_written_is_not_read(target: Path, content: bytes) -> None:
    write_private(str(target), "")
    target.write_bytes(content)
    assert read_private(str(target)) is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_somebody_else_is_not_read(target: Path) -> None:
    write_private(str(target), "x")
    os.chown(target, 65534, 65534)
    assert read_private(str(target)) is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_somebody_else_is_refused(target: Path) -> None:
    target.parent.mkdir(parents=True)
    os.chown(target.parent, 65534, 65534)
    with pytest.raises(PermissionError):
        write_private(str(target), "x")


def test_forgetting_what_is_not_there_is_no_fault(target: Path) -> None:
    forget(str(target))


def test_a_lock_is_held_by_one_and_let_go_when_its_holder_dies(target: Path) -> None:
    holder = (
        "import sys; from liftgate.cli.private_file import Lock; lock = Lock(sys.argv[1]); lock.take();"
        " print('held', flush=True); sys.stdin.read()"
    )
    path = str(target.with_name("x.lock"))
    with subprocess.Popen(
        [sys.executable, "-c", holder, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        waiter = subprocess.Popen(
            [sys.executable, "-c", holder, path], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
        )
        assert waiter.poll() is None
        process.kill()
    with waiter:
        assert waiter.stdout is not None
        assert waiter.stdout.readline() == b"held\n"
    assert mode(Path(path)) == 0o600


def test_a_lock_can_be_taken_again(target: Path) -> None:
    lock = Lock(str(target))
    for _ in range(3):
        lock.take()
        lock.let_go()
