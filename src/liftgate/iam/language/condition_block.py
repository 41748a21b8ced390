"""``Condition``: operators, keys and values, as AWS takes them when a policy is saved.

Whether a value that can be read can ever match is another question: the linter answers it. Sources: "IAM JSON policy elements: Condition" and
"… Condition operators", "IAM policy validation check reference", IAM User Guide.
"""

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, TypeAlias

from liftgate.iam.language.condition import OPERATORS
from liftgate.iam.language.json_text import Number
from liftgate.iam.language.literals import LITERALS, check_literals
from liftgate.iam.language.misfit import Misfit, nearest, quoted
from liftgate.iam.language.texts import no_text
from liftgate.iam.policy import Condition, Qualifier

Now: TypeAlias = Callable[[str], str]
Spelling: TypeAlias = tuple[str, Qualifier | None, bool]

_KNOWN = (*OPERATORS, "Null")
_QUALIFIERS: tuple[Qualifier | None, ...] = (None, Qualifier.FOR_ALL, Qualifier.FOR_ANY)
_EXPONENT = re.compile(r"-?[\d.]{1,60}[eE][+-]?0*\d{1,2}", re.ASCII)


def _spellings() -> dict[str, Spelling]:
    found: dict[str, Spelling] = {}
    for qualifier in _QUALIFIERS:
        head = f"{qualifier}:" if qualifier else ""
        for operator in _KNOWN:
            found[f"{head}{operator}"] = (operator, qualifier, False)
            if operator != "Null":
                found[f"{head}{operator}IfExists"] = (operator, qualifier, True)
    return found


_SPELLINGS = _spellings()
_ANY_CASE = {spelling.lower(): found for spelling, found in _SPELLINGS.items()}


def conditions(value: Any, now: Now | None) -> tuple[Condition, ...]:
    """The conditions of a block, in its order. ``now`` says a value in today's language. Raises ``Misfit``."""
    if not isinstance(value, dict):
        raise Misfit((), "a `Condition` is an object", 'write `{"<operator>": {"<key>": "<value>"}}`')
    found: list[Condition] = []
    for spelling, keys in value.items():
        known = _SPELLINGS.get(spelling)
        operator, qualifier, if_exists = known or _operator(spelling, value)
        if not isinstance(keys, dict):
            raise Misfit(
                (spelling,), f"{quoted(spelling)} is followed by an object", 'write `{"<key>": "<value>"}`'
            )
        checks = operator in LITERALS
        for key, given in keys.items():
            try:
                values = _values(given)
                if checks:
                    check_literals(operator, values, alone=type(given) is not list)
            except Misfit as misfit:
                raise misfit.under(spelling, key) from None
            if not key:
                raise Misfit(
                    (spelling, key), "the condition names no key", "write one, such as `aws:username`"
                )
            if now:
                values = tuple(map(now, values))
            found.append(Condition(operator, key, values, qualifier, if_exists))
    return tuple(found)


def _operator(spelling: str, block: Iterable[str]) -> Spelling:
    """An operator that is not spelled as AWS spells it. Its case does not count, so two that differ in it are one."""
    found = _ANY_CASE.get(spelling.lower())
    if found is not None:
        if sum(other.lower() == spelling.lower() for other in block) > 1:
            raise Misfit(
                (spelling,),
                f"{quoted(spelling)} stands here twice: the case of an operator does not count",
                "put both into one",
            )
        return found
    head, _, tail = spelling.rpartition(":")
    lower = tail.lower()
    if lower == "nullifexists":
        advice = "write `Null`: it asks whether the key is there"
    elif head and lower.removesuffix("ifexists") in {one.lower() for one in _KNOWN}:
        advice = f"did you mean `{'ForAllValues' if 'all' in head.lower() else 'ForAnyValue'}:{tail}`?"
    else:
        advice = nearest(tail.removesuffix("IfExists"), _KNOWN, "use an operator such as `StringLike`")
    raise Misfit((spelling,), f"{quoted(spelling)} is not a condition operator", advice)


def _values(given: Any) -> tuple[str, ...]:
    if type(given) is str:
        return (given,)
    if type(given) is not list:
        return (_scalar(given),)
    if not given:
        raise Misfit((), "the list has no value", "name at least one value")
    return tuple([one if type(one) is str else _scalar(one, number) for number, one in enumerate(given)])


def _scalar(value: Any, *path: int) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, Number):
        raise no_text(*path)
    if "e" not in value and "E" not in value:
        return str(value)
    if not _EXPONENT.fullmatch(value):
        raise Misfit(path, f"{quoted(value)} is a number beyond all that AWS compares", "write fewer digits")
    return format(Decimal(value), "f")
