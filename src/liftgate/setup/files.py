"""Puts files in place that are not there yet, all of them or none, and shows how those that are there would differ."""

import difflib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from liftgate.setup.errors import FileNotWritten

_SETTING: Final = re.compile(r"(?P<head>-\s*(?P<name>[A-Za-z_]+)\s*=\s*)(?P<value>[^#]*)(?P<comment>#.*)?")
_SHOWN: Final = frozenset({"catalogue", "aws_region", "local_sign_in", "response", "issuer", "client_id"})


def differences(folder: Path, texts: Mapping[str, str], *, private: Iterable[str]) -> str:
    """A unified difference from what is there to ``texts``; nothing where all of them are there, line by line.

    What only a file of ``private`` says is not shown.
    Raises ``FileNotWritten`` where one that is there cannot be read.
    """
    return "".join(
        line
        for name, text in texts.items()
        for line in _difference(folder, name, text, is_private=name in private)
    )


def is_any_there(folder: Path, names: Iterable[str]) -> bool:
    """Whether one of the files is there, be it as a link that leads nowhere."""
    return any(os.path.lexists(folder / name) for name in names)


def earlier_text(path: Path) -> str | None:
    """What a file says that is there, as far as it can be read; None where there is none."""
    if not os.path.lexists(path):
        return None
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def put(folder: Path, texts: Mapping[str, str], *, private: Iterable[str]) -> None:
    """Write files that are not there; those of ``private`` for their owner alone.

    Nothing is ever overwritten, and a fault or an interruption leaves none of them. Raises ``FileNotWritten``.
    """
    written: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            _write(folder / name, text, 0o600 if name in private else 0o666, written)
    except BaseException as error:
        for path in written:
            with suppress(OSError):
                path.unlink()
        if isinstance(error, OSError):
            raise _not_written(Path(error.filename or folder), error) from None
        raise


def _write(path: Path, text: str, mode: int, written: list[Path]) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    written.append(path)
    with open(handle, "w", encoding="utf-8", newline="") as file:  # noqa: PTH123 - a handle, not a path
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _difference(folder: Path, name: str, text: str, *, is_private: bool) -> Iterator[str]:
    try:
        before = (folder / name).read_text(encoding="utf-8")
        head = name
    except FileNotFoundError:
        before, head = "", "/dev/null"
    except (OSError, UnicodeDecodeError) as error:
        raise _not_written(folder / name, error) from None
    lines = difflib.unified_diff(before.splitlines(), text.splitlines(), head, name, lineterm="")
    for number, line in enumerate(lines):
        is_theirs = number > 1 and line.startswith("-")  # the first two name the files
        yield f"{_masked(line) if is_private and is_theirs else line}\n"


def _masked(line: str) -> str:
    """A line that only a private file holds: its value may be a secret, whatever it is called."""
    setting = _SETTING.fullmatch(line)
    if setting is None:
        return line if line.strip("- []") == "" else "-…"
    return f"{setting['head']}{setting['value'] if setting['name'] in _SHOWN else '…'}"


def _not_written(path: Path, error: OSError | UnicodeDecodeError) -> FileNotWritten:
    reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
    return FileNotWritten(
        f"`{path}` cannot be written or compared: {(reason or str(error)).lower()}",
        advice="name another folder: --out DIR",
        value=str(path),
    )
