"""Makes requests of a point that a search has found: what to try on the policies, the likeliest first."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from liftgate.iam.containment.dimension import Dimension
from liftgate.iam.containment.example import example
from liftgate.iam.containment.rule import Speaker, Test
from liftgate.iam.containment.template import Values
from liftgate.iam.patterns.automaton import Mark
from liftgate.iam.patterns.classes import Word
from liftgate.iam.policy import Condition
from liftgate.iam.request import Request

SOMEONE = ("someone", "nobody", "another")  # values for variables of which nothing is asked
_MOST = 24


@dataclass(frozen=True, slots=True)
class Point:
    """One class of each dimension."""

    numbers: tuple[int, ...]
    dimensions: tuple[Dimension, ...]
    known: Values
    keys: tuple[str, ...]  # of variables


def requests(action: str, point: Point, tests: Iterable[Test]) -> Iterator[Request]:
    """Requests of a point: one, or where variables, callers or tests that are not followed are involved, some."""
    words: dict[str | None, Word] = {}
    context = {key: value for key, value in point.known.items() if value is not None}
    guessed: dict[str, str] = {}
    for number, dimension in zip(point.numbers, point.dimensions, strict=True):
        if isinstance(dimension.test, Condition):
            value = example(dimension.test, met=number == 1)
            if value is not None:
                guessed[dimension.test.key] = value
        elif dimension.test is None and (word := dimension.values[number]) is not None:
            words[dimension.key] = word
    principals = _principals(tests)
    for more in (guessed, {}) if guessed else ({},):
        for arn, carried in _filled(words, {**more, **context}, point.keys):
            for principal in principals:
                yield Request(action=action, resource=arn, context=carried, principal=principal)


def _filled(
    words: Mapping[str | None, Word], context: Mapping[str, str], keys: Sequence[str]
) -> Iterator[tuple[str, dict[str, str]]]:
    found: dict[str, list[str]] = {}
    for word in words.values():
        for key, content in _enclosed(word):
            found.setdefault(key, []).append(content)
    for values in _values(found, words):
        texts = {key: _text(word, values) for key, word in words.items()}
        arn = texts.pop(None)
        carried = {**context, **{key: text for key, text in texts.items() if key}, **values}
        yield arn, carried
        for key in keys:  # that nothing has settled: one that has another's value may be what it takes
            if key not in carried:
                for value in list(dict.fromkeys((*texts.values(), *values.values(), "x", "")))[:_MOST]:
                    yield arn, {**carried, key: value}


def _values(found: Mapping[str, list[str]], words: Mapping[str | None, Word]) -> Iterator[dict[str, str]]:
    """What variables may be: what nobody names, and what stands in their place in the words."""
    if not found:
        yield {}
        return
    likely: dict[str, list[str]] = {}
    for key, texts in found.items():
        own = [_text(words[key], {})] if key in words else []
        likely[key] = [*dict.fromkeys(sorted([*texts, *own], key=len, reverse=True)), "x", ""]
    keys = sorted(likely)
    yield {key: SOMEONE[n] if n < len(SOMEONE) else f"person{n}" for n, key in enumerate(keys)}
    columns = list(zip_longest(*(likely[key] for key in keys)))
    for row in columns[:_MOST]:
        yield {key: likely[key][0] if value is None else value for key, value in zip(keys, row, strict=True)}
    for key in keys:  # one of them as found, the others as anyone
        for value in likely[key][:_MOST]:
            yield dict.fromkeys(keys, SOMEONE[0]) | {key: value}


def _enclosed(word: Word) -> Iterator[tuple[str, str]]:
    """What the marks of each variable enclose."""
    open_: dict[tuple[str, int], list[str]] = {}
    for letter in word:
        if not isinstance(letter, Mark):
            for texts in open_.values():
                texts.append(letter)
        elif letter.opens:
            open_[letter.key, letter.source] = []
        else:
            yield letter.key, "".join(open_.pop((letter.key, letter.source)))


def _text(word: Word, values: Mapping[str, str]) -> str:
    """The word with the values in the place of its variables; of those that overlap, the outer one's."""
    found: list[str] = []
    within: Mark | None = None
    for letter in word:
        if isinstance(letter, Mark):
            if within is None and letter.opens and letter.key in values:
                within = letter
                found.append(values[letter.key])
            elif within is not None and (letter.key, letter.source) == (within.key, within.source):
                within = None
        elif within is None:
            found.append(letter)
    return "".join(found)


def _principals(tests: Iterable[Test]) -> list[str | None]:
    """Callers to try: nobody said, those that the policies name, and one that they do not."""
    speakers = [test for test in tests if isinstance(test, Speaker)]
    if not speakers:
        return [None]
    named = [value for test in speakers for _, value in test.principals.values if value != "*"]
    users = [
        f"arn:aws:iam::{value}:user/someone" if value.isdigit() else value.replace(":root", ":user/someone")
        for value in named
    ]
    sessions = [
        value.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/") + "/session"
        for value in named
        if ":role/" in value
    ]
    return list(
        dict.fromkeys([*users[:_MOST], *sessions[:_MOST], "arn:aws:iam::999999999999:user/someone", None])
    )
