"""A condition: compiled once, decided for facts.

>>> from liftgate.conditions.condition import compile_condition
>>> from liftgate.conditions.vocabulary import Fact, Kind
>>> words = {"call.operation": Fact(kind=Kind.TEXT, says="what was called")}
>>> compile_condition("call.operation.startsWith('Delete')", words).holds({"call.operation": "DeleteObject"}.get)
True
>>> compile_condition("call.opration == 'x'", words)
Traceback (most recent call last):
    ...
liftgate.conditions.errors.ConditionUnreadable: 1:1: there is no fact `call.opration`
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from liftgate.conditions.cel_engine import cel
from liftgate.conditions.check import Checked, check
from liftgate.conditions.errors import ConditionFailed, ConditionUnreadable
from liftgate.conditions.vocabulary import (
    EMPTY,
    FILLED,
    LONGEST_TEXT,
    MOST_ITEMS,
    Facts,
    Kind,
    Value,
    Vocabulary,
)

_PLACED: Final = re.compile(r"ERROR: <input>:(\d+):(\d+): (?:Syntax error: )?([^\n]*)")
_NO_FUNCTION: Final = "Undefined variable or function"  # a method of another kind: `duration('1h').size()`
_LONGEST_REASON: Final = 160
_MOST_DECIDED: Final = 1_024
_SHORT: Final = 64  # characters of a text, items of a list


@dataclass(frozen=True, slots=True)
class Condition:
    """An expression that is known to be readable. Two are equal where their texts are."""

    text: str
    names: tuple[str, ...]  # the facts that it looks at: no others are asked for
    program: cel.Program = field(compare=False, repr=False)
    # What was decided for values of the facts that are short, and so may come again.
    decided: dict[tuple[Value | None, ...], bool] = field(default_factory=dict, compare=False, repr=False)

    def holds(self, facts: Facts) -> bool:
        """Whether it holds. Raises ConditionFailed where that cannot be said: a list is too short, a text no number."""
        values = tuple(map(facts, self.names))
        answer = self.decided.get(values)
        if answer is None:
            answer = self._decide(values)
            if all(map(_is_short, values)):
                if len(self.decided) >= _MOST_DECIDED:
                    self.decided.clear()
                self.decided[values] = answer
        return answer

    def _decide(self, values: Sequence[Value | None]) -> bool:
        try:
            answer = self.program.execute(_values(self.names, values))
        except Exception as error:
            raise ConditionFailed(
                f"the condition could not be decided: {_reason(error)}",
                advice="make it hold or not hold for all facts: ask `has(…)` and `size(…)` first",
            ) from error
        if answer is True or answer is False:
            return answer
        raise ConditionFailed("the condition is neither true nor false", advice="end it in a comparison")


def compile_condition(text: str, vocabulary: Vocabulary) -> Condition:
    """A condition over the facts of a vocabulary. Raises ConditionUnreadable."""
    program = _compiled(text)
    checked = check(text, vocabulary)
    _check_patterns(checked)
    names = tuple(checked.facts)
    condition = Condition(text, names, program)
    for samples in (EMPTY, FILLED):
        _try(condition, vocabulary, samples)
    return condition


def _compiled(text: str) -> cel.Program:
    try:
        return cel.compile(text)
    except UnicodeEncodeError:
        raise ConditionUnreadable("the condition is no text", advice="write it in UTF-8") from None
    except ValueError as error:
        found = _PLACED.search(str(error))
        line, column, problem = (int(found[1]), int(found[2]), found[3]) if found else (1, 1, "not CEL")
        raise ConditionUnreadable(
            f"not CEL: {_cut(problem)}",
            advice="CEL compares with `==`, joins with `&&` and `||`, and puts texts into quotes",
            line=line,
            column=column,
        ) from None


def _check_patterns(checked: Checked) -> None:
    for token in checked.patterns:
        try:
            cel.compile(f"''.matches({token.text})").execute({})
        except Exception as error:  # noqa: BLE001 - whatever it is, the pattern cannot be used
            raise ConditionUnreadable(
                f"the regular expression cannot be used: {_reason(error)}",
                advice="it is read as RE2: no look-around, no references back",
                line=token.line,
                column=token.column,
                width=len(token.text),
            ) from None


def _try(condition: Condition, vocabulary: Vocabulary, samples: Mapping[Kind, Value]) -> None:
    """Kinds that do not fit show when an expression is run. What depends on a value (`1 / call.bytes`) is no fault yet."""

    def sample(name: str) -> Value | None:
        fact = vocabulary[name]
        return None if fact.optional and samples is EMPTY else samples[fact.kind]

    try:
        answer = condition.program.execute(
            _values(condition.names, [sample(name) for name in condition.names])
        )
    except (TypeError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and _NO_FUNCTION not in str(error):
            return
        raise ConditionUnreadable(
            f"the kinds of what it compares do not fit: {_reason(error)}",
            advice="compare texts with texts, numbers with numbers, times with `timestamp('…')`",
        ) from None
    except Exception:  # noqa: BLE001 - it depends on the values
        return
    if not isinstance(answer, bool):
        raise ConditionUnreadable(
            f"it says {_said(answer)}, neither true nor false", advice="end it in a comparison"
        )


def _values(names: Sequence[str], told: Sequence[Value | None]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in zip(names, told, strict=True):
        root, dot, own = name.partition(".")
        inside = values.setdefault(root, {}) if dot else values
        if value is not None:
            inside[own or root] = _bounded(value)
    return values


def _bounded(value: Value) -> Any:
    if isinstance(value, str):
        return value[:LONGEST_TEXT]
    if isinstance(value, tuple):
        return [item[:LONGEST_TEXT] for item in value[:MOST_ITEMS]]
    return value


def _is_short(value: Value | None) -> bool:
    """Whether it is worth keeping: texts of others may be long."""
    if isinstance(value, tuple):
        return len(value) <= _SHORT and all(map(_is_short, value))
    return not isinstance(value, str) or len(value) <= _SHORT


def _reason(error: Exception) -> str:
    if isinstance(error, KeyError):
        return "a fact is missing"
    text = str(error).partition("CEL does not coerce")[0].strip()
    return _cut(text.removesuffix(".")) or type(error).__name__


def _said(answer: object) -> str:
    return {str: "a text", int: "a number", float: "a number", list: "a list"}.get(type(answer), "a value")


def _cut(text: str) -> str:
    text = " ".join(text.partition(" expecting {")[0].split())
    return text if len(text) <= _LONGEST_REASON else f"{text[:_LONGEST_REASON]}…"
