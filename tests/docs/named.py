"""Commands that a sentence names without saying all of them: whether the program has what is named."""

import re
from typing import Final

import click

from liftgate.cli.app import root

_ALTERNATIVES: Final = re.compile(r"\S*\|\S*")


def named_only(text: str) -> list[list[str]]:
    """The commands that a text names by their names and options alone, with no value for any; none where it says more."""
    words = text.split()
    if words[0] != "liftgate":
        return []
    found = _ALTERNATIVES.search(text)
    each = [text.replace(found[0], one) for one in found[0].split("|")] if found else [text]
    paths = [_after_path(one.split()[1:]) for one in each]
    said = [rest for _, rest in paths if not all(word.startswith("--") for word in rest)]
    return [] if said or (len(each) == 1 and _is_whole(words[1:])) else [one.split()[1:] for one in each]


def lacks(words: list[str]) -> list[str]:
    """What of a named command the program does not have."""
    command, rest = _after_path(words)
    options = {name for one in command.params for name in one.opts}
    return [word for word in rest if word not in options]


def _after_path(words: list[str]) -> tuple[click.Command, list[str]]:
    command: click.Command = root
    context = click.Context(root)
    while words and isinstance(command, click.Group):
        inner = command.get_command(context, words[0])
        if inner is None:
            break
        command, words = inner, words[1:]
    return command, words


def _is_whole(words: list[str]) -> bool:
    """Whether it can be run as it stands."""
    command, rest = _after_path(words)
    if "--help" in rest:
        return True
    if isinstance(command, click.Group) and not (rest or command.invoke_without_command):
        return False
    try:
        command.make_context("liftgate", list(rest))
    except (click.MissingParameter, click.BadOptionUsage):
        return False
    return True
