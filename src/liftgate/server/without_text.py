"""What may be said of an error that nobody foresaw."""

import traceback
from itertools import islice
from typing import Any, Final

_DEEPEST_FRAMES: Final = 12


def without_text(error: BaseException) -> dict[str, Any]:
    """What kind of error it is and where it came from; its own text may quote what it choked on."""
    kinds: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(kinds) < _DEEPEST_FRAMES:
        kinds.append(type(cause).__name__)
        cause = cause.__cause__
    frames = traceback.extract_tb(error.__traceback__)
    inner = islice(reversed(frames), _DEEPEST_FRAMES)
    return {
        "error": " from ".join(kinds),
        "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in inner],
    }
