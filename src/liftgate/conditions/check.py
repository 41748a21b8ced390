"""An expression read against its vocabulary, without running it: every name must be declared, every function known.

What it may cost is bounded here as well. Macros range over facts alone, and never deeper than two; nothing builds lists
or maps that grow (``map``, ``{…}``); a regular expression is a text that stands in the expression. So an
expression costs at most a fixed number of steps for each of its characters.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final

from liftgate.conditions.errors import ConditionUnreadable
from liftgate.conditions.tokens import Token, tokens
from liftgate.conditions.vocabulary import Kind, Vocabulary

LONGEST: Final = 2_000  # characters of an expression
DEEPEST: Final = 2  # macros within macros

MACROS: Final = frozenset({"all", "exists", "exists_one", "filter"})
FUNCTIONS: Final = frozenset({"has", "size", "string", "int", "double", "timestamp", "duration"})
METHODS: Final = frozenset(
    {
        "contains",
        "startsWith",
        "endsWith",
        "matches",
        "size",
        "getFullYear",
        "getMonth",
        "getDate",
        "getDayOfMonth",
        "getDayOfWeek",
        "getDayOfYear",
        "getHours",
        "getMinutes",
        "getSeconds",
        "getMilliseconds",
    }
)
_WORDS: Final = frozenset({"true", "false", "null", "in"})
_END: Final = Token("end", "", 0, 0)


@dataclass(slots=True)
class Checked:
    """What an expression names."""

    facts: dict[str, Token] = field(default_factory=dict)  # where each was named first
    asked: set[str] = field(default_factory=set)  # inside ``has(…)``
    patterns: list[Token] = field(default_factory=list)  # regular expressions, as they stand there


def check(expression: str, vocabulary: Vocabulary) -> Checked:
    """What an expression names. Raises ConditionUnreadable."""
    if len(expression) > LONGEST:
        raise ConditionUnreadable(
            f"the condition is longer than {LONGEST:,} characters", advice="write it as several rules"
        )
    checked = _Check(list(tokens(expression)), vocabulary).run()
    for name, token in checked.facts.items():
        if vocabulary[name].optional and name not in checked.asked:
            raise _refused(
                token, f"`{name}` may be missing", f"ask first: `has({name}) && …`", width=len(name)
            )
    return checked


@dataclass(slots=True)
class _Bound:
    """A name that a macro binds, until its parenthesis closes."""

    name: str
    depth: int


class _Check:
    def __init__(self, found: Sequence[Token], vocabulary: Vocabulary) -> None:
        self._tokens = found
        self._vocabulary = vocabulary
        self._roots = {name.partition(".")[0] for name in vocabulary}
        self._bound: list[_Bound] = []
        self._depth = 0
        self._at = 0
        self._list_before: bool = False  # what stands before this token is a fact that is a list
        self._checked = Checked()

    def run(self) -> Checked:
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            was_list, self._list_before = self._list_before, False
            if token.kind == "sign":
                self._sign(token, was_list=was_list)
            elif token.kind == "name":
                self._name(token)
            else:
                self._at += 1
        return self._checked

    def _peek(self, ahead: int) -> Token:
        place = self._at + ahead
        return self._tokens[place] if place < len(self._tokens) else _END

    def _sign(self, token: Token, *, was_list: bool) -> None:
        if token.text == "{":
            raise _refused(token, "maps are not allowed in a condition", "compare facts one by one")
        if token.text == "." and self._peek(1).kind == "name":
            self._member(self._peek(1), was_list=was_list)
            return
        if token.text in {"(", "["}:
            self._depth += 1
        elif token.text in {")", "]"}:
            self._depth -= 1
            self._bound = [one for one in self._bound if one.depth <= self._depth]
        self._at += 1

    def _member(self, name: Token, *, was_list: bool) -> None:
        """What follows a value and a dot: a method, or a macro on a fact that is a list."""
        before = self._peek(-1) if self._at else _END
        if before.kind == "end" or (before.kind == "sign" and before.text not in {")", "]"}):
            raise _refused(name, "nothing stands before the dot", "write a fact there")
        if self._peek(2).text != "(":
            raise _refused(name, f"nothing here has a field `{name.text}`", "only facts have fields")
        if name.text in MACROS:
            self._macro(name, was_list=was_list)
            return
        if name.text not in METHODS:
            raise _unknown(name, "function", METHODS | MACROS)
        if name.text == "matches":
            if self._peek(3).kind != "text" or self._peek(4).text != ")":
                raise _refused(
                    name,
                    "`matches` takes a regular expression in quotes",
                    "write it there: `.matches('^a')`",
                )
            self._checked.patterns.append(self._peek(3))
        self._at += 2

    def _macro(self, name: Token, *, was_list: bool) -> None:
        bound = self._peek(3)
        if not was_list:
            raise _refused(name, f"`{name.text}` goes over a fact that is a list", self._lists())
        if bound.kind != "name" or self._peek(4).text != ",":
            raise _refused(
                name,
                f"`{name.text}` takes a name and a condition",
                f"write `.{name.text}(one, one == 'a')`",
            )
        if bound.text in self._roots | _WORDS | FUNCTIONS:
            raise _refused(bound, f"`{bound.text}` is taken", "call it `one`")
        if len(self._bound) >= DEEPEST:
            raise _refused(name, f"macros stand more than {DEEPEST} deep", "write several rules")
        self._depth += 1
        self._bound.append(_Bound(bound.text, self._depth))
        self._at += 5

    def _lists(self) -> str:
        names = [name for name, fact in self._vocabulary.items() if fact.kind is Kind.TEXTS]
        return f"lists are {', '.join(f'`{name}`' for name in names)}" if names else "there is none here"

    def _name(self, token: Token) -> None:
        following = self._peek(1).text
        if token.text in _WORDS or any(one.name == token.text for one in self._bound):
            self._at += 1
        elif token.text == "has" and following == "(":
            self._has(token)
        elif following == "(" and token.text not in self._roots:
            if token.text not in FUNCTIONS:
                raise _unknown(token, "function", FUNCTIONS)
            self._at += 1
        else:
            self._fact(token)

    def _has(self, token: Token) -> None:
        root, dot, name, end = (self._peek(ahead) for ahead in (2, 3, 4, 5))
        if root.kind != "name" or dot.text != "." or name.kind != "name" or end.text != ")":
            raise _refused(token, "`has` takes a fact with a dot", "write `has(root.fact)`")
        self._at += 2
        self._checked.asked.add(self._fact(root))
        self._at += 1  # the closing parenthesis

    def _fact(self, token: Token) -> str:
        """A fact, all of whose name is taken; its name."""
        name, taken = token.text, 1
        if name not in self._vocabulary and name in self._roots:
            if self._peek(1).text != "." or self._peek(2).kind != "name":
                raise _refused(token, f"`{name}` alone says nothing", f"write `{name}.` and one of its facts")
            name, taken = f"{name}.{self._peek(2).text}", 3
        elif name not in self._vocabulary and self._peek(1).text == "." and self._peek(2).kind == "name":
            name = f"{name}.{self._peek(2).text}"
        if name not in self._vocabulary:
            raise _unknown(token, "fact", self._vocabulary, name)
        self._at += taken
        self._compared(name, token)
        self._checked.facts.setdefault(name, token)
        self._list_before = self._vocabulary[name].kind is Kind.TEXTS
        return name

    def _compared(self, name: str, token: Token) -> None:
        """CEL finds a text and a number unequal, and says nothing: here that is a slip."""
        if self._peek(0).text not in {"==", "!="} or self._peek(1).kind not in {"text", "number"}:
            return
        kind, literal = self._vocabulary[name].kind, self._peek(1)
        if kind is not (Kind.TEXT if literal.kind == "text" else Kind.WHOLE):
            raise _refused(
                token,
                f"`{name}` ({kind}) can never equal `{literal.text[:40]}`",
                "compare it with what it holds",
                width=len(name),
            )


def _refused(token: Token, sentence: str, advice: str, *, width: int | None = None) -> ConditionUnreadable:
    return ConditionUnreadable(
        sentence,
        advice=advice,
        line=token.line,
        column=token.column,
        width=len(token.text) if width is None else width,
    )


def _unknown(
    token: Token, what: str, known: "Vocabulary | frozenset[str]", name: str | None = None
) -> ConditionUnreadable:
    name = (name or token.text)[:80]
    near = get_close_matches(name, list(known), n=1)
    siblings = sorted(_siblings(name, list(known)))
    advice = (
        f"did you mean `{near[0]}`?" if near else f"there are {', '.join(f'`{one}`' for one in siblings)}"
    )
    return _refused(token, f"there is no {what} `{name}`", advice, width=len(name))


def _siblings(name: str, known: Sequence[str]) -> Iterator[str]:
    """The names under the same root; where there are none, the roots."""
    root, dot, _ = name.partition(".")
    same = [one for one in known if dot and one.startswith(f"{root}.")]
    yield from same or {one.partition(".")[0] for one in known}
