"""Recognises our own ``credential_process`` line in an AWS config file."""

import shlex
from pathlib import PurePath


def is_own_process(command: str) -> bool:
    """Whether a ``credential_process`` value runs ``liftgate credentials``."""
    try:
        words = shlex.split(command)
    except ValueError:
        return False
    return "credentials" in words and any(PurePath(word).stem == "liftgate" for word in words)
