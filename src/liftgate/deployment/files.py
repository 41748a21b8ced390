"""Puts generated files into a folder: nothing that somebody else wrote is overwritten, nothing is removed."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from liftgate.deployment.errors import NotOurFile
from liftgate.deployment.written import MARK

_SUFFIXES = (".yaml", ".tf", ".md", ".json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """What became of the files, by path under the folder."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    same: tuple[str, ...]
    left: tuple[str, ...]  # of an earlier run, which would not be written any more


def put_files(out: Path, files: Mapping[str, str]) -> Put:
    """Write what is new or differs. Raises ``NotOurFile`` before anything is written."""
    found = {path: _read(out / path) for path in sorted(files)}
    foreign = [path for path, text in found.items() if text is not None and not _is_ours(text)]
    if foreign:
        raise NotOurFile(
            f"`{out / foreign[0]}` is there already and was not written by `liftgate deploy`",
            advice="name another folder: --out DIR",
            value=str(out / foreign[0]),
        )
    put = Put(
        new=tuple(path for path, text in found.items() if text is None),
        changed=tuple(path for path, text in found.items() if text is not None and text != files[path]),
        same=tuple(path for path, text in found.items() if text == files[path]),
        left=tuple(path for path in _ours_in(out) if path not in files),
    )
    for path in (*put.new, *put.changed):
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        (out / path).write_text(files[path], encoding="utf-8")
    return put


def _ours_in(out: Path) -> list[str]:
    """One level deep: that is all that is ever written."""
    there = sorted([*out.glob("*"), *out.glob("account-*/*")]) if out.is_dir() else []
    return [
        str(path.relative_to(out))
        for path in there
        if path.suffix in _SUFFIXES and path.is_file() and _is_ours(_read(path) or "")
    ]


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None


def _is_ours(text: str) -> bool:
    return MARK in text.partition("\n")[0]
