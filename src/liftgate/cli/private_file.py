"""Files that hold secrets: 0600 in a folder of 0700, put in place whole, and read only if nobody else could write them.

Part of the quick path: imports next to nothing.
"""

# Importing pathlib would take longer than the whole quick answer.
# ruff: noqa: PTH101, PTH102, PTH103, PTH105, PTH108, PTH120, PTH123

import fcntl
import os

_LARGEST = 100_000  # bytes: ours are far smaller, and whatever is not is not ours


def read_private(path: str) -> "str | None":
    """A file's text, if it is a plain file that only we can have written or read; else None."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        status = os.fstat(handle)
        if status.st_mode & 0o170177 != 0o100000 or status.st_uid != os.geteuid():
            return None
        content = os.read(handle, _LARGEST)
        return content.decode("utf-8") if len(content) == status.st_size else None
    except (OSError, UnicodeDecodeError):
        return None
    finally:
        os.close(handle)


def write_private(path: str, text: str) -> None:
    """Put a file in place whole, 0600, so that a reader sees the old one or the new one. Raises OSError."""
    _private_folder(os.path.dirname(path))
    unfinished = f"{path}.{os.urandom(8).hex()}"
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with open(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        os.replace(unfinished, path)
    except BaseException:
        os.unlink(unfinished)
        raise


def _private_folder(folder: str) -> None:
    os.makedirs(os.path.dirname(folder), mode=0o700, exist_ok=True)
    try:
        os.mkdir(folder, 0o700)
    except FileExistsError:
        status = os.lstat(folder)
        if status.st_mode & 0o170000 != 0o040000 or status.st_uid != os.geteuid():
            raise PermissionError(1, "is not a folder of ours", folder) from None
        if status.st_mode & 0o077:
            os.chmod(folder, 0o700)


def forget(path: str) -> None:
    """Remove a file of the cache; nothing happens where there is none."""
    try:
        os.unlink(path)
    except OSError:
        return


class Lock:
    """Held by one process at a time, and let go by the kernel if that process dies. The file stays."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._handle = -1

    def take(self) -> None:
        """Wait until nobody else holds it. Raises OSError where it cannot be held at all."""
        _private_folder(os.path.dirname(self._path))
        self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX)
        except BaseException:
            os.close(self._handle)
            raise

    def let_go(self) -> None:
        """Let the next one have it."""
        os.close(self._handle)
