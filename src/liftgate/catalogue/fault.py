"""A fault: one thing that is wrong in the catalogue files, its place to the column, and what would be right."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from liftgate.errors import LiftgateError

MOST_FAULTS: Final = 1000  # beyond that a list helps nobody, and a hostile file could fill the memory
LINE_BREAK: Final = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # YAML 1.1, section 4.1.4


class FaultKind(StrEnum):
    """What can be wrong, from the file as a whole to the meaning of one entitlement."""

    # the file
    NO_FILES = "no_files"
    UNREADABLE_FILE = "unreadable_file"
    TOO_LARGE = "too_large"
    NOT_UTF8 = "not_utf8"
    # its YAML
    FORBIDDEN_CHARACTER = "forbidden_character"
    SYNTAX = "syntax"
    EMPTY = "empty"
    SEVERAL_DOCUMENTS = "several_documents"
    ANCHOR = "anchor"
    TAG = "tag"
    TOO_DEEP = "too_deep"
    BAD_KEY = "bad_key"
    DUPLICATE_KEY = "duplicate_key"
    # its shape
    UNKNOWN_KEY = "unknown_key"
    MISSING_KEY = "missing_key"
    NO_VALUE = "no_value"
    WRONG_SHAPE = "wrong_shape"
    BAD_TEXT = "bad_text"
    BAD_NUMBER = "bad_number"
    BAD_FLAG = "bad_flag"
    BAD_CHOICE = "bad_choice"
    BAD_DURATION = "bad_duration"
    EMPTY_LIST = "empty_list"
    LONG_LIST = "long_list"
    LISTED_TWICE = "listed_twice"
    # its names
    DECLARED_TWICE = "declared_twice"
    NAME_TAKEN = "name_taken"
    RESERVED_NAME = "reserved_name"
    UNKNOWN_NAME = "unknown_name"
    GROUP_IN_GROUP = "group_in_group"
    # its identities
    BAD_IDENTITY = "bad_identity"
    WILDCARD_PERSON = "wildcard_person"
    IDENTITY_SHARED = "identity_shared"
    IDENTITY_ELEVATED = "identity_elevated"
    # its entitlements
    BAD_ROLE = "bad_role"
    ROLE_TWO_ARNS = "role_two_arns"
    ROLE_TWO_WAYS = "role_two_ways"
    ACCOUNT_DIFFERS = "account_differs"
    PARTITION_DIFFERS = "partition_differs"
    UNKNOWN_ACTION = "unknown_action"
    BAD_LOCATION = "bad_location"
    BAD_KMS_KEY = "bad_kms_key"
    EMPTY_CEILING = "empty_ceiling"
    CEILING_TOO_BIG = "ceiling_too_big"
    NOBODY_REQUESTS = "nobody_requests"
    NO_REVIEWERS = "no_reviewers"
    SERVICE_REVIEWS = "service_reviews"
    TOO_MANY_APPROVALS = "too_many_approvals"
    SELF_REVIEW = "self_review"
    OWN_TEAM_REVIEWS = "own_team_reviews"
    STAGES_AND_ONE = "stages_and_one"
    STAGE_TWICE = "stage_twice"
    NO_CERTAIN_STAGE = "no_certain_stage"
    HALF_A_REMINDER = "half_a_reminder"
    HALF_AN_ESCALATION = "half_an_escalation"
    AFTER_LAPSE = "after_lapse"
    BAD_CONDITION = "bad_condition"
    BREAK_GLASS_LONGER = "break_glass_longer"
    NOBODY_LOOKS = "nobody_looks"
    IN_ALL_SHORTER = "in_all_shorter"
    BAD_ZONE = "bad_zone"
    WITHOUT_REVIEW_LONGER = "without_review_longer"
    WITHOUT_REVIEW_ACTION = "without_review_action"
    BAD_TICKET_PATTERN = "bad_ticket_pattern"
    TRACKER_WITHOUT_PATTERN = "tracker_without_pattern"
    # the list of faults itself
    MORE = "more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something stands. Lines and columns count characters from 1; ``width`` is how many it takes there."""

    file: str
    line: int = 1
    column: int = 1
    width: int = 1
    path: str = ""  # within the document: "entitlements[0].review.approvals"

    @property
    def key(self) -> tuple[str, int, int]:
        """Orders places as a reader meets them."""
        return self.file, self.line, self.column

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong. ``excerpt`` is the line it stands on, as it was read; None where there is none."""

    kind: StrEnum  # FaultKind, or the kinds of other files that are read as the catalogue is
    file: str
    line: int
    column: int
    path: str
    sentence: str
    suggestion: str
    excerpt: str | None = None
    width: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.sentence}"


class TooManyFaults(Exception):
    """Ends the search for faults; what was found so far is in the list."""


class FaultList:
    """Collects faults, and quotes for each the line on which it stands."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._lines: dict[str, list[str]] = {}
        self._found: list[Fault] = []

    def __bool__(self) -> bool:
        return bool(self._found)

    def add_text(self, file: str, text: str) -> None:
        """The text of a file, to quote from."""
        self._texts[file] = text

    def add(self, kind: StrEnum, place: Place, sentence: str, suggestion: str) -> None:
        """One more fault. Raises TooManyFaults."""
        if len(self._found) >= MOST_FAULTS:
            sentence, suggestion = (
                f"there are more than {MOST_FAULTS} faults",
                "correct the others, and check again",
            )
            self._keep(FaultKind.MORE, Place(file=place.file), sentence, suggestion)
            raise TooManyFaults
        self._keep(kind, place, sentence, suggestion)

    def add_error(self, kind: StrEnum, place: Place, error: LiftgateError) -> None:
        """An error as a fault at a place."""
        self.add(kind, place, error.sentence, error.advice)

    def lines(self, file: str) -> list[str]:
        """The lines of a file, as far as its text is known."""
        if file not in self._lines:
            self._lines[file] = LINE_BREAK.split(self._texts.get(file, ""))
        return self._lines[file]

    def ordered(self) -> tuple[Fault, ...]:
        """All faults as a reader meets them: by file, line and column."""
        return tuple(
            sorted(self._found, key=lambda fault: (fault.file, fault.line, fault.column, fault.sentence))
        )

    def _keep(self, kind: StrEnum, place: Place, sentence: str, suggestion: str) -> None:
        fault = Fault(
            kind=kind,
            file=place.file,
            line=place.line,
            column=place.column,
            path=place.path,
            sentence=sentence,
            suggestion=suggestion,
            excerpt=self._line(place),
            width=place.width,
        )
        self._found.append(fault)

    def _line(self, place: Place) -> str | None:
        if place.file not in self._texts:
            return None
        lines = self.lines(place.file)
        return lines[place.line - 1] if place.line <= len(lines) else ""


def place_at(file: str, text: str, index: int) -> Place:
    """The place of the character at ``index``."""
    line, start = 1, 0
    for found in LINE_BREAK.finditer(text, 0, index):
        line, start = line + 1, found.end()
    return Place(file=file, line=line, column=index - start + 1)
