"""The files of a catalogue: found in a fixed order, and read as bytes."""

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from liftgate.catalogue.fault import FaultKind, FaultList, Place
from liftgate.catalogue.reader import LARGEST_FILE

SUFFIXES: Final = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file's name, as people should see it, and its content."""

    name: str
    content: bytes


def read_files(
    paths: Iterable[Path], faults: FaultList, *, what: str = "catalogue"
) -> tuple[SourceFile, ...]:
    """The files that ``paths`` name, a folder standing for its YAML files, with a fault for each unreadable one."""
    found: dict[str, Path] = {}
    for path in paths:
        try:
            files = list_files(path)
        except OSError as error:
            _refuse(path, error, faults)
            continue
        if not files:
            sentence = f"the folder `{_name(path)}` holds no {what} file"
            advice = "put a file there whose name ends in `.yaml` or `.yml`"
            faults.add(FaultKind.NO_FILES, Place(file=_name(path)), sentence, advice)
        found.update({os.path.realpath(file): file for file in files})
    return tuple(_read_all(found.values(), faults))


def list_files(path: Path) -> tuple[Path, ...]:
    """A file itself; of a folder the files that end in ``.yaml`` or ``.yml`` and do not begin with a dot, by name.

    Folders within it are not entered: a mounted Kubernetes ConfigMap holds every file twice. Raises OSError.
    """
    try:
        mode = path.stat().st_mode
    except ValueError as error:  # a NUL in the name
        raise OSError(str(error)) from error
    if not stat.S_ISDIR(mode):
        return (path,)
    with os.scandir(path) as entries:
        names = [entry.name for entry in entries if _is_catalogue_name(entry.name) and not entry.is_dir()]
    return tuple(path / name for name in sorted(names))


def _is_catalogue_name(name: str) -> bool:
    return name.endswith(SUFFIXES) and not name.startswith(".")


def _read_all(files: Iterable[Path], faults: FaultList) -> Iterator[SourceFile]:
    for file in files:
        try:
            yield SourceFile(_name(file), _read(file))
        except OSError as error:
            _refuse(file, error, faults)


def _read(file: Path) -> bytes:
    # Not blocking, so that a pipe put in a file's place cannot hold the server up.
    descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as opened:  # noqa: PTH123 - a descriptor, not a path
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError("not a regular file")
        return opened.read(LARGEST_FILE + 1)


def _refuse(path: Path, error: OSError, faults: FaultList) -> None:
    reason = (error.strerror or str(error)).lower()
    sentence = f"`{_name(path)}` cannot be read: {reason}"
    faults.add(FaultKind.UNREADABLE_FILE, Place(file=_name(path)), sentence, "check its name and permissions")


def _name(path: Path) -> str:
    """A path as text that every encoder takes: bytes of a name that are not UTF-8 become question marks."""
    return str(path).encode(errors="replace").decode()
