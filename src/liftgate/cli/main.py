"""Where the ``liftgate`` program begins: first the answers that must be quick, then everything else."""

import os
import sys
import time

from liftgate.cli.quick import quick_answer

TYPE_CHECKING = False  # typing itself would take longer than the whole quick answer
if TYPE_CHECKING:
    from collections.abc import Sequence


def main(argv: "Sequence[str] | None" = None) -> int:
    """Run the command line and give back its exit code, one of ``liftgate.cli.exit_code``."""
    words = sys.argv[1:] if argv is None else list(argv)
    answer = quick_answer(words, os.environ, time.time())
    if answer is not None and _said(answer):
        return 0
    from liftgate.cli.app import run  # noqa: PLC0415 - click and its kin are only for what is not quick

    return run(words)


def _said(answer: str) -> bool:
    try:
        sys.stdout.write(answer)
        sys.stdout.flush()
    except OSError:  # nobody reads any more: the slow path says so in the one place where that is decided
        return False
    return True
