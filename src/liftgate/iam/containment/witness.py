"""Makes requests of a point that a search has found: what to try on the policies, the likeliest first."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest

from liftgate.iam.containment.dimension import Dimension
from liftgate.iam.containment.example import example
from liftgate.iam.containment.rule import Speaker, Test
from liftgate.iam.containment.template import Values
from liftgate.iam.patterns.automaton import Mark
from liftgate.iam.patterns.classes import Word
from liftgate.iam.policy import Condition
from liftgate.iam.request import Request

_SOMEONE = ("someone", "nobody", "another")  # values for variables of which nothing is asked
_MOST = 24


def requests(
    action: str,
    numbers: Sequence[int],
    dimensions: Sequence[Dimension],
    known: Values,
    tests: Iterable[Test],
) -> Iterator[Request]:
    """Requests of a point: one, or where variables or callers are involved some."""
    words: dict[str | None, Word] = {}
    context: dict[str, str] = {}
    for number, dimension in zip(numbers, dimensions, strict=True):
        if dimension.test is not None:
            if isinstance(dimension.test, Condition):
                value = example(dimension.test, met=number == 1)
                if value is not None:
                    context[dimension.test.key] = value
            continue
        word = dimension.values[number]
        if word is not None:
            words[dimension.key] = word
    context |= {key: value for key, value in known.items() if value is not None}
    principals = _principals(tests)
    for arn, carried in _filled(words, context):
        for principal in principals:
            yield Request(action=action, resource=arn, context=carried, principal=principal)


def _filled(
    words: Mapping[str | None, Word], context: Mapping[str, str]
) -> Iterator[tuple[str, dict[str, str]]]:
    for values in _values(words):
        texts = {key: _text(word, values) for key, word in words.items()}
        arn = texts.pop(None)
        yield arn, {**context, **{key: text for key, text in texts.items() if key}, **values}


def _values(words: Mapping[str | None, Word]) -> Iterator[dict[str, str]]:
    """What variables may be: what nobody names, and what stands in their place in the words."""
    found: dict[str, list[str]] = {}
    for word in words.values():
        for key, content in _enclosed(word):
            found.setdefault(key, []).append(content)
    if not found:
        yield {}
        return
    for key, texts in found.items():
        if key in words:
            texts.append(_text(words[key], {}))
    likely = {key: list(dict.fromkeys(sorted(texts, key=len, reverse=True))) for key, texts in found.items()}
    keys = sorted(likely)
    yield {key: _SOMEONE[n] if n < len(_SOMEONE) else f"person{n}" for n, key in enumerate(keys)}
    columns = list(zip_longest(*(likely[key] for key in keys)))
    for row in columns[:_MOST]:
        yield {key: likely[key][0] if value is None else value for key, value in zip(keys, row, strict=True)}
    for key in keys:  # one of them as found, the others as anyone
        for value in likely[key][:_MOST]:
            yield dict.fromkeys(keys, _SOMEONE[0]) | {key: value}


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
