"""A reviewer's answer as people write it into a form, in a browser or in Slack, read as the API reads it."""

from liftgate.server.api.requests import ReviewBody
from liftgate.server.pages.asked import checked
from liftgate.span import parse_span


def written_answer(*, approves: bool, comment: str, duration: str = "", only: str = "") -> ReviewBody:
    """What a form says.

    Args:
        approves: whether it is an approval; a denial is of all of it.
        comment: and why.
        duration: how long it is approved for, such as ``15m``; nothing: as long as was asked for.
        only: the places for which it is approved, with spaces or lines between them; nothing: all.

    Raises ``SpanUnreadable`` and ``BadInput``.
    """
    return checked(
        ReviewBody,
        {
            "answer": "approve" if approves else "deny",
            "comment": comment,
            "duration_seconds": _seconds(duration) if approves else None,
            "locations": only.split() or None if approves else None,
        },
    )


def _seconds(typed: str) -> int | None:
    text = typed.strip().replace(" ", "")
    return int(parse_span(text, where="duration_seconds").total_seconds()) if text else None
