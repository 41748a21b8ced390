"""Asks at the terminal, one question after the other, until each answer can be taken. Ctrl-C ends it: nothing was done."""

import re
import sys
import textwrap
from collections.abc import Mapping, Sequence
from typing import Final

import click

from liftgate.cli.terminal import paint, say_error, terminal_width
from liftgate.errors import LiftgateError
from liftgate.plain_text import plain
from liftgate.setup.account import Account
from liftgate.setup.answers import take
from liftgate.setup.errors import AnswerMissing
from liftgate.setup.model import Draft
from liftgate.setup.questions import QUESTIONS, Question

Given = Mapping[str, tuple[str, ...]]

_SHOWN: Final = 20  # of the choices; others can be written
_BETWEEN: Final = re.compile(r"[,\s]+")


def can_ask() -> bool:
    """Whether somebody sits there."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def take_given(given: Given) -> Draft:
    """The draft of answers that all came as options. Raises ``AnswerMissing`` with every option that is missing."""
    missing: list[str] = []
    draft = Draft()
    for question in QUESTIONS:
        texts = given.get(question.flag) or question.unasked
        if not question.holds_for(draft):
            _refuse_needless(question, given)
        elif texts or question.is_optional:
            draft = _taken(question, draft, texts)
        else:
            missing.append(question.flag)
    if missing:
        raise _missing(missing)
    return draft


def ask_all(given: Given, account: Account, earlier: Given) -> Draft:
    """The draft of answers that came as options and, for the others, of those that are given now."""
    draft = Draft()
    for question in QUESTIONS:
        if not question.holds_for(draft):
            _refuse_needless(question, given)
        elif given.get(question.flag):
            draft = _taken(question, draft, given[question.flag])
        else:
            offered = earlier.get(question.flag) or question.offers(draft, account)
            if offered or not question.is_optional:
                draft = _asked(question, draft, offered, question.choices(draft, account))
    return draft


def tell(line: str = "") -> None:
    """A line of the conversation, folded at the terminal's edge. It is no result, so it goes where faults go."""
    print(_folded(line), file=sys.stderr)


def _folded(line: str) -> str:
    return textwrap.fill(plain(line), terminal_width(), break_long_words=False, break_on_hyphens=False)


def _taken(question: Question, draft: Draft, texts: tuple[str, ...]) -> Draft:
    try:
        return take(question, draft, texts)
    except LiftgateError as error:
        error.where = f"--{question.flag}"
        raise


def _refuse_needless(question: Question, given: Given) -> None:
    if given.get(question.flag):
        raise click.UsageError(f"--{question.flag} says nothing with this --proof")


def _missing(flags: Sequence[str]) -> AnswerMissing:
    listed = ", ".join(f"`--{flag}`" for flag in flags)
    verb = "is" if len(flags) == 1 else "are"
    return AnswerMissing(
        f"{listed} {verb} missing, and there is no terminal to ask at", advice="liftgate init --help"
    )


def _asked(question: Question, draft: Draft, offered: tuple[str, ...], choices: tuple[str, ...]) -> Draft:
    tell()
    print(paint(_folded(question.asks), "bold", sys.stderr), file=sys.stderr)
    if question.form(draft):
        tell(question.form(draft))
    for number, choice in enumerate(choices[:_SHOWN], 1):
        tell(f"  {number:>2}  {choice}")
    if len(choices) > _SHOWN:
        tell(f"      and {len(choices) - _SHOWN} more, which can be written")
    while True:
        texts = _read(question, offered, choices)
        try:
            return take(question, draft, texts)
        except LiftgateError as error:
            say_error(error)


def _read(question: Question, offered: tuple[str, ...], choices: tuple[str, ...]) -> tuple[str, ...]:
    while True:
        line = prompt(question.flag, ", ".join(offered))
        if not line:
            texts = offered
        elif question.is_list:
            texts = tuple(_chosen(word, choices) for word in _BETWEEN.split(line) if word)
        else:
            texts = (_chosen(line, choices),)
        if question.is_place:
            texts = tuple(_narrowed(text) for text in texts)
        if texts:
            return texts
        tell("There is nothing to offer here: please answer, or end with Ctrl-C.")


def prompt(label: str, offered: str) -> str:
    """One line. Raises ``click.Abort`` where the input ends."""
    shown = f" [{plain(offered)}]" if offered else ""
    print(f"{label}{shown}: ", end="", file=sys.stderr, flush=True)
    try:
        line = sys.stdin.readline()
    except KeyboardInterrupt:
        tell()  # what follows begins a line of its own
        raise
    if not line.endswith("\n"):  # Ctrl-D, or the terminal is gone
        raise click.Abort
    return line.strip()


def _chosen(word: str, choices: tuple[str, ...]) -> str:
    is_number = re.fullmatch("[0-9]{1,2}", word) and 1 <= int(word) <= min(len(choices), _SHOWN)
    return choices[int(word) - 1] if is_number else word


def _narrowed(text: str) -> str:
    """A location; where only a bucket was named, the prefix in it is asked for."""
    if "://" in text or text.startswith("arn:"):
        return text
    prefix = prompt(f"  prefix in {plain(text)}, such as 2026/", "all of it").lstrip("/")
    if prefix and not prefix.endswith("/") and not {"*", "?"} & set(prefix):
        prefix += "/"
    return f"s3://{text}/{prefix}"
