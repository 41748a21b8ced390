"""One string or several, as most elements of a policy take them."""

from typing import Any

from liftgate.iam.language.json_place import Path
from liftgate.iam.language.misfit import Misfit, nearest, quoted

_ONLY_TEXT = {str}


def texts(value: Any, what: str, *path: str) -> tuple[str, ...]:
    """The strings of a list, or the one that stands alone. Raises ``Misfit``, also where there is none."""
    if type(value) is str:
        return (value,)
    if type(value) is list:
        if set(map(type, value)) == _ONLY_TEXT:
            return tuple(value)
        if not value:
            raise Misfit(path, f"the list has no {what}", f"name at least one {what}")
        for number, one in enumerate(value):
            one_text(one, *path, number)
    raise no_text(*path)


def one_text(value: Any, *path: str | int) -> str:
    """A string. Raises ``Misfit``."""
    if type(value) is str:
        return value
    raise no_text(*path)


def no_text(*path: str | int) -> Misfit:
    """The fault that something else stands where a string belongs."""
    return Misfit(path, "here stands a string in a policy", 'write it in quotes, `"…"`')


def either(parts: dict[str, Any], one: str, other: str) -> str | None:
    """Which of two elements is there. Raises ``Misfit`` where both are."""
    if one in parts:
        if other in parts:
            raise Misfit((other,), f"the statement has both `{one}` and `{other}`", "keep one of them")
        return one
    return other if other in parts else None


def known_parts(value: Any, what: str, known: dict[str, None]) -> dict[str, Any]:
    """A JSON object whose keys are all known; a dictionary keeps their order for the fault. Raises ``Misfit``."""
    if not isinstance(value, dict):
        raise Misfit((), f"{what} is a JSON object", "write `{…}`")
    if not value.keys() <= known.keys():
        _refuse_unknown(value, what, known)
    return value


def _refuse_unknown(value: dict[str, Any], what: str, known: dict[str, None]) -> None:
    for name in value:
        if name not in known:
            elements = "the elements are " + ", ".join(f"`{one}`" for one in known)
            path: Path = (name,)
            raise Misfit(path, f"{quoted(name)} is not an element of {what}", nearest(name, known, elements))
