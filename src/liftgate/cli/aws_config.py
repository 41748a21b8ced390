"""The AWS config file: reads one profile's settings, and writes one profile without touching another byte.

The form is that of AWS's "Configuration and credential file settings": sections in brackets, ``key = value`` lines, and
indented lines that belong to the key above them.
"""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from liftgate.cli.errors import AwsConfigUnreadable, BadValue

_HEADER: Final = re.compile(r"\[(.+)\]")
_KEY: Final = re.compile(r"([^\s=:#;\[][^=:]*?)\s*[=:]")
_NAME: Final = re.compile(r"[A-Za-z0-9_.@+-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Span:
    """Lines of the file, from ``start`` up to ``end``."""

    start: int
    end: int


def check_profile_name(name: str) -> str:
    """A profile name that stands in a section header as it is. Raises ``BadValue``."""
    if not _NAME.fullmatch(name):
        raise BadValue(
            f"`{name[:64]}` cannot be a profile's name",
            advice="use letters, digits and . _ - + @",
            value=name[:64],
            where="--profile",
        )
    return name


def profile_names(text: str) -> list[str]:
    """The profiles that a config file has, in its order."""
    return [name for line in _lines(text) if (name := _profile_in(line)) is not None]


def profile_settings(text: str, name: str) -> dict[str, str] | None:
    """A profile's own settings, without nested ones; None where there is no such profile."""
    lines = _lines(text)
    section = _section(lines, name)
    if section is None:
        return None
    keys = _keys(lines, section)
    return {key: _value(lines[span.start]) for key, span in keys.items()}


def with_profile(text: str, name: str, settings: Mapping[str, str]) -> str:
    """The file's text with these settings in this profile; all else stays byte for byte, and twice is as once."""
    lines = _lines(text)
    newline = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    section = _section(lines, name)
    if section is None:
        return text + _new_section(text, name, settings, newline)
    keys = _keys(lines, section)
    for key in reversed(list(keys)):  # from the end, so that spans before stay right
        if key in settings:
            span = keys[key]
            if _value(lines[span.start]) != settings[key] or span.end > span.start + 1:
                lines[span.start : span.end] = [f"{key} = {settings[key]}{newline}"]
    missing = [f"{key} = {value}{newline}" for key, value in settings.items() if key not in keys]
    if missing and not lines[section.start].endswith("\n"):
        lines[section.start] += newline
    lines[section.start + 1 : section.start + 1] = missing
    return "".join(lines)


def _new_section(text: str, name: str, settings: Mapping[str, str], newline: str) -> str:
    header = "[default]" if name == "default" else f"[profile {name}]"
    gap = "" if not text else newline if text.endswith("\n") else newline * 2
    return gap + "".join(
        f"{line}{newline}" for line in [header, *(f"{k} = {v}" for k, v in settings.items())]
    )


def _lines(text: str) -> list[str]:
    return re.findall(
        r"[^\n]*\n|[^\n]+", text
    )  # str.splitlines also splits at characters that are part of a value


def _section(lines: list[str], name: str) -> _Span | None:
    starts = [number for number, line in enumerate(lines) if _HEADER.match(line)]
    found = [number for number in starts if _profile_in(lines[number]) == name]
    if len(found) > 1:
        raise AwsConfigUnreadable(
            f"the AWS config has the profile `{name}` twice",
            advice=f"remove one of them: lines {found[0] + 1} and {found[1] + 1}",
        )
    if not found:
        return None
    return _Span(found[0], next((start for start in starts if start > found[0]), len(lines)))


def _profile_in(line: str) -> str | None:
    match = _HEADER.match(line)
    try:
        words = shlex.split(match[1]) if match else []
    except ValueError:
        return None
    if words == ["default"]:
        return "default"
    return words[1] if len(words) == 2 and words[0] == "profile" else None


def _keys(lines: list[str], section: _Span) -> dict[str, _Span]:
    keys: dict[str, _Span] = {}
    for number in range(section.start + 1, section.end):
        match = _KEY.match(lines[number])
        if match:
            keys[match[1].strip().lower()] = _Span(number, _end_of_value(lines, number, section.end))
    return keys


def _end_of_value(lines: list[str], start: int, limit: int) -> int:
    end = start + 1
    for number in range(start + 1, limit):  # blank lines belong to the value if more of it follows
        if lines[number][:1] in {" ", "\t"} and lines[number].strip():
            end = number + 1
        elif lines[number].strip():
            break
    return end


def _value(line: str) -> str:
    return re.split(r"[=:]", line, maxsplit=1)[1].strip()
