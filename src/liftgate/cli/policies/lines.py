"""JSON Lines in, JSON Lines out, in order: a line that cannot be read is answered too, and the rest goes on."""

import json
import math
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from liftgate.cli.errors import BadValue
from liftgate.cli.fields import JsonObject
from liftgate.errors import LiftgateError
from liftgate.plain_text import plain_json

_LONGEST = 4_000_000  # bytes: far above every policy that AWS takes, and not a machine's memory


def answer_lines(paths: Iterable[Path], answer: Callable[[JsonObject], JsonObject]) -> bool:
    """Answer each line of the files, or of stdin where there are none or one is ``-``. Whether all could be read."""
    all_read = True
    for place, line in _lines(paths):
        try:
            said = answer(read_object(_decoded(line, "this line")))
        except LiftgateError as error:
            all_read = False
            said = {"error": f"{error.sentence}; {error.advice}", "at": _joined(place, error.where)}
        sys.stdout.write(plain_json(json.dumps(said)) + "\n")
        sys.stdout.flush()  # so that another program can ask line by line
    return all_read


def read_text(path: Path) -> str:
    """A whole file, or stdin for ``-``. Raises ``BadValue``."""
    with _opened(path) as file:
        found = file.read(_LONGEST + 1)
    if len(found) > _LONGEST:
        raise BadValue(
            f"`{path}` has more than {_LONGEST:,} bytes",
            advice="name a file with one policy",
            where=str(path),
        )
    return _decoded(found, f"`{path}`", at=f"{path}, ")


def read_object(text: str) -> JsonObject:
    """One JSON object. Raises ``BadValue``: for a key that stands there twice as well."""
    try:
        found = json.loads(
            text,
            object_pairs_hook=_without_repeats,
            parse_constant=_refuse,
            parse_int=_whole_number,
            parse_float=_number,
        )
    except json.JSONDecodeError as error:
        raise BadValue(
            f"this is not JSON: {error.msg[0].lower()}{error.msg[1:]}",
            advice="write one JSON object a line",
            where=f"column {error.colno}",
        ) from None
    except RecursionError:
        raise BadValue("this is nested too deeply", advice="write one JSON object a line") from None
    if not isinstance(found, dict):
        raise BadValue("this is not a JSON object", advice="write one JSON object a line")
    return found


def only_known(source: JsonObject, known: Iterable[str], where: str) -> None:
    """Raise ``BadValue`` for a field that nobody reads: a wall that is misspelt must not be left out silently."""
    names = tuple(known)
    for name in source:
        if name not in names:
            raise BadValue(
                f"`{name[:40]}` is not a field of this",
                advice="the fields are " + ", ".join(f"`{one}`" for one in names),
                where=f"{where}.{name[:40]}",
            )


def _lines(paths: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    """Each line that is not empty, with the place to name when it is wrong."""
    named = list(paths) or [Path("-")]
    for path in named:
        several = f"{path}, " if len(named) > 1 else ""
        with _opened(path) as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield f"{several}line {number}", line.rstrip(b"\r\n")


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """The bytes of a file, or of stdin for ``-``: how a terminal is set must not change what a policy says."""
    try:
        if path == Path("-"):
            yield sys.stdin.buffer
            return
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise BadValue(
            f"`{path}`: {(error.strerror or str(error)).lower()}", advice="name another file", where=str(path)
        ) from None


def _decoded(line: bytes, what: str, *, at: str = "") -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadValue(
            f"{what} is not UTF-8", advice="write it in UTF-8", where=f"{at}byte {error.start + 1}"
        ) from None


def _joined(place: str, where: str | None) -> str:
    return place if where is None else f"{place}, {where}"


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadValue(
            f"`{twice[:40]}` stands in one object twice",
            advice="put both into one: readers do not agree on which of two counts",
            where=twice[:40],
        )
    return found


def _refuse(name: str) -> NoReturn:
    raise BadValue(f"`{name}` is no value of JSON", advice="write a string, a number, `true` or `false`")


def _whole_number(digits: str) -> int:
    try:
        return int(digits)
    except ValueError:  # Python turns no more than 4,300 digits into a number
        raise _too_large(f"a number with {len(digits):,} digits") from None


def _number(text: str) -> float:
    found = float(text)
    if math.isinf(found):
        raise _too_large(f"`{text[:40]}`")
    return found


def _too_large(what: str) -> BadValue:
    return BadValue(f"{what} is larger than any that AWS takes", advice="write fewer digits")
