"""Lines in a shell, as somebody types them."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

_PATIENCE_SECONDS: Final = 900


def ask_line(
    line: str,
    *,
    environment: Mapping[str, str],
    folder: Path | None = None,
    answers: str = "",
    within: Sequence[str] = (),
) -> subprocess.CompletedProcess[str]:
    """What the shell says to a line, however it ends; ``answers`` to what it asks, ``within`` what the shell is begun by."""
    return subprocess.run(
        [*within, "bash", "-ec", line],
        cwd=folder,
        env=environment,
        input=answers,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_PATIENCE_SECONDS,
        check=False,
    )


def type_line(
    line: str,
    *,
    environment: Mapping[str, str],
    folder: Path | None = None,
    answers: str = "",
    within: Sequence[str] = (),
) -> str:
    """The same. It fails the test where the line does."""
    done = ask_line(line, environment=environment, folder=folder, answers=answers, within=within)
    assert done.returncode == 0, f"{line}\n{done.stdout}"
    return done.stdout
