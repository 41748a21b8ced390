"""Puts a profile that borrows from Liftgate into the AWS config file: whole or not at all, and only that profile."""

import configparser
import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from liftgate.cli.aws_config import check_profile_name, profile_settings, with_profile
from liftgate.cli.cache import LOGIN
from liftgate.cli.errors import AwsConfigUnreadable, ProfileExists
from liftgate.cli.own_process import is_own_process
from liftgate.cli.settings import Settings

COPIED: Final = ("region", "endpoint_url")  # what a profile inherits from the one that proves who asks


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """What was done to which file."""

    path: Path
    changed: bool


def aws_config_path(environ: Mapping[str, str]) -> Path:
    """Where AWS's tools look for their config file."""
    return Path(environ.get("AWS_CONFIG_FILE") or "~/.aws/config").expanduser()


def process_line(program: str, settings: Settings, *, source_profile: str | None, grant: str | None) -> str:
    """The ``credential_process`` value, for a shell. It says everything, whatever the environment is when it runs."""
    words = [program, "credentials", "--server", settings.server.base]
    if settings.local_person is not None:
        words += ["--as", f"local:{settings.local_person}"]
    elif settings.is_login:
        words += ["--as", LOGIN]
    elif settings.from_github:
        words += ["--as", "github"]
    elif settings.token_file is not None:
        words += ["--as", f"token:{Path(settings.token_file).absolute()}"]
    elif source_profile:
        words += ["--profile", source_profile]
    return shlex.join([*words, "--grant", grant] if grant else words)


def install_profile(path: Path, name: str, process: str, *, source_profile: str | None) -> Installed:
    """Write or renew the profile. Raises ``ProfileExists`` for one that is not ours, ``AwsConfigUnreadable``."""
    target = Path(os.path.realpath(path))  # a config file may be a link into a folder of settings
    before = _read(target)
    there = profile_settings(before, check_profile_name(name))
    if there is not None and not is_own_process(there.get("credential_process", "")):
        raise ProfileExists(
            f"the profile `{name}` is there already, and not from Liftgate",
            advice="choose another name: liftgate profile install --profile NAME",
            where=str(path),
        )
    source = profile_settings(before, source_profile or "default") or {}
    copied = {key: source[key] for key in COPIED if source.get(key)}
    after = with_profile(before, name, {"credential_process": process, **copied})
    if after == before:
        return Installed(path=path, changed=False)
    _check_nothing_else_changed(before, after, name, path)
    _replace(target, after)
    return Installed(path=path, changed=True)


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise AwsConfigUnreadable(
            f"the AWS config file cannot be read: {error.strerror}",
            advice="set AWS_CONFIG_FILE to one that can",
            where=str(path),
        ) from None


def _check_nothing_else_changed(before: str, after: str, name: str, path: Path) -> None:
    try:
        old, new = _sections(before), _sections(after)
    except configparser.Error as error:
        raise AwsConfigUnreadable(
            f"the AWS config file has a fault: {' '.join(str(error).split())[:200]}",
            advice="mend it first, then run this again",
            where=str(path),
        ) from None
    ours = next((key for key in new if key not in old), f"profile {name}")
    for sections in (old, new):
        sections.pop(ours, None)
    if old != new:
        raise AwsConfigUnreadable(
            "the AWS config file is written in a way that cannot be changed safely",
            advice="point AWS_CONFIG_FILE at another file, and run this again",
            where=str(path),
        )


def _sections(text: str) -> dict[str, dict[str, str]]:
    parser = configparser.RawConfigParser()
    parser.read_string(text)
    return {section: dict(parser[section]) for section in parser.sections()}


def _replace(target: Path, text: str) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o600
    unfinished = target.with_name(f".{target.name}.{os.urandom(8).hex()}")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        with open(handle, "wb") as file:  # noqa: PTH123 - a handle, not a path
            file.write(text.encode("utf-8", "surrogateescape"))
            file.flush()
            os.fsync(file.fileno())
        unfinished.chmod(mode)
        unfinished.replace(target)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
