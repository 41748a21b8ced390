"""The one error root, and the seven families that every edge (HTTP, CLI, page) knows how to answer.

A failure is one class with a stable ``code``, in the ``errors.py`` of the folder that raises it, and inherits
from exactly one family below. Messages follow one guide: lower case, one line, what the user wrote in
backticks, no name of an internal type; what to do next is a separate sentence, ``advice``.
"""

from typing import ClassVar


class LiftgateError(Exception):
    """Root of everything that Liftgate raises on purpose.

    ``sentence`` says what is wrong, ``advice`` what to do next, ``value`` is what was offered (never a secret),
    and ``where`` is its place: a JSON path, or ``file:line:column``. ``also`` holds further faults of the same thing, so that
    a person can mend all at once.
    """

    code: ClassVar[str] = "liftgate"

    def __init__(
        self,
        sentence: str,
        *,
        advice: str,
        value: str | None = None,
        where: str | None = None,
        also: "tuple[LiftgateError, ...]" = (),
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.advice = advice
        self.value = value
        self.where = where
        self.also = also

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.sentence}"


class Invalid(LiftgateError):
    """What was sent cannot be read as what it should be."""

    code = "invalid"


class Unauthenticated(LiftgateError):
    """Nobody proved who is asking."""

    code = "unauthenticated"


class Refused(LiftgateError):
    """The caller is known, and the rules say no."""

    code = "refused"


class NotFound(LiftgateError):
    """No such thing, or none that this caller may know of."""

    code = "not_found"


class Conflict(LiftgateError):
    """The thing is in a state in which this cannot be done."""

    code = "conflict"


class Unavailable(LiftgateError):
    """Something that Liftgate needs did not answer; the same call may work later."""

    code = "unavailable"


class Corrupt(LiftgateError):
    """A record is not what was written: tampering, or a damaged disk."""

    code = "corrupt"
