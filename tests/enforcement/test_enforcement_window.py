"""A session works in its grant's window, by the enforcer's clock, and never outside it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from tests.enforcement.enforcers import EMBEDDED, NAMES, RADOSGW, SEAWEEDFS
from tests.enforcement.live import follow, wait_for
from tests.enforcement.revocation_cases import fetched, presigned
from tests.enforcement.scope_cases import put
from tests.enforcement.stage import ALLOWED, KEY, REFUSED, REPORTS, Stage, attempt
from tests.enforcement.table import Gaps, table

from liftgate.clock import system_clock
from liftgate.iam.scope import Window

pytestmark = pytest.mark.slow

BERLIN: Final = ZoneInfo("Europe/Berlin")


def around(before: float, after: float) -> Callable[[datetime], Window]:
    """A window by the enforcer's clock: seconds from now."""
    return lambda now: Window(
        starts_at=now + timedelta(seconds=before), ends_at=now + timedelta(seconds=after)
    )


def dated(starts_at: datetime, ends_at: datetime) -> Callable[[datetime], Window]:
    return lambda _: Window(starts_at=starts_at, ends_at=ends_at)


def from_a_broker(ahead: timedelta, lasts: timedelta) -> Callable[[datetime], Window]:
    """A window that begins when a broker's clock, so far ahead of the enforcer's, says that it is now."""
    return lambda now: Window(starts_at=now + ahead, ends_at=now + ahead + lasts)


MINUTE, TEN = timedelta(minutes=1), timedelta(minutes=10)
WINDOW_CASES: Final[dict[str, tuple[Callable[[datetime], Window], bool]]] = {
    "in its middle": (around(-600, 600), True),
    "in its first seconds": (around(-1, 600), True),
    "over since this second": (around(-600, 0), False),
    "over since an hour": (around(-7200, -3600), False),
    "it begins in a minute": (around(60, 600), False),
    "one second long, over": (around(-2, -1), False),
    "from leap day 2024 to leap day 2096": (
        dated(datetime(2024, 2, 29, tzinfo=UTC), datetime(2096, 2, 29, 23, 59, 59, tzinfo=UTC)),
        True,
    ),
    "it ended on leap day 2024": (
        dated(datetime(2024, 2, 28, tzinfo=UTC), datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC)),
        False,
    ),
    "it begins on leap day 2096": (
        dated(datetime(2096, 2, 29, tzinfo=UTC), datetime(2096, 3, 1, tzinfo=UTC)),
        False,
    ),
    "it ended in the hour that a clock change repeats": (
        dated(
            datetime(2025, 10, 26, 2, 30, tzinfo=BERLIN, fold=0),
            datetime(2025, 10, 26, 2, 30, tzinfo=BERLIN, fold=1),
        ),
        False,
    ),
    "from the hour that a clock change leaves out": (
        dated(datetime(2026, 3, 29, 2, 30, tzinfo=BERLIN), datetime(2096, 3, 25, 2, 30, tzinfo=BERLIN)),
        True,
    ),
    "the broker's clock is 10 minutes ahead, 20 minutes lent": (from_a_broker(TEN, 2 * TEN), False),
    "the broker's clock is 10 minutes ahead, 5 minutes lent": (from_a_broker(TEN, 5 * MINUTE), False),
    "the broker's clock is 10 minutes behind, 20 minutes lent": (from_a_broker(-TEN, 2 * TEN), True),
    "the broker's clock is 10 minutes behind, 5 minutes lent": (from_a_broker(-TEN, 5 * MINUTE), False),
}
_EDGES: Final = "it opens and closes while it is used, with nobody there"
NO_TIME: Final = "knows no `aws:CurrentTime`: what has it is refused, so the window was left out"
GAPS: Final[Gaps] = {SEAWEEDFS: {case: NO_TIME for case, (_, inside) in WINDOW_CASES.items() if not inside}}


@pytest.mark.parametrize(
    ("by", "case"),
    table("Window", {case: ALLOWED if ok else REFUSED for case, (_, ok) in WINDOW_CASES.items()}, GAPS),
)
def test_window(stage: Stage, case: str, record_property: Callable[[str, object], None]) -> None:
    made, inside = WINDOW_CASES[case]
    window = made(system_clock().replace(microsecond=0))
    broker = stage.at(lambda: window.starts_at.astimezone(UTC))
    session = broker.session(broker.granted("write", window=window))
    happened = attempt(lambda: put()(session, None))
    record_property("happened", happened)
    assert happened == (ALLOWED if inside else REFUSED)


def presigned_url(session: Any) -> Callable[[], str]:
    address = presigned(session)
    return lambda: fetched(address)


def part_of_an_upload(session: Any) -> Callable[[], str]:
    place = {"Bucket": REPORTS, "Key": KEY}
    number = session.create_multipart_upload(**place)["UploadId"]
    part = {**place, "UploadId": number, "PartNumber": 1, "Body": b"new"}
    return lambda: attempt(lambda: session.upload_part(**part))


def completion_of_an_upload(session: Any) -> Callable[[], str]:
    """Each try has an upload of its own, begun inside the window."""
    place = {"Bucket": REPORTS, "Key": KEY}
    numbers = [session.create_multipart_upload(**place)["UploadId"] for _ in range(2)]
    parts = [
        {
            "Parts": [
                {
                    "PartNumber": 1,
                    "ETag": session.upload_part(**place, UploadId=number, PartNumber=1, Body=b"x")["ETag"],
                }
            ]
        }
        for number in numbers
    ]
    each = iter(zip(numbers, parts, strict=True))

    def complete() -> str:
        number, listed = next(each)
        return attempt(
            lambda: session.complete_multipart_upload(**place, UploadId=number, MultipartUpload=listed)
        )

    return complete


AT_THE_END: Final[dict[str, Callable[[Any], Callable[[], str]]]] = {
    "a presigned URL made in the window": presigned_url,
    "a part of an upload begun in the window": part_of_an_upload,
    "the completion of an upload begun in the window": completion_of_an_upload,
}


@pytest.mark.parametrize(
    ("by", "case"),
    table(
        "At the window's end",
        dict.fromkeys(AT_THE_END, "allowed before, refused after"),
        {SEAWEEDFS: dict.fromkeys(AT_THE_END, NO_TIME)},
    ),
)
def test_at_the_windows_end(stage: Stage, case: str, record_property: Callable[[str, object], None]) -> None:
    stage.enforcer.owner.put_object(Bucket=REPORTS, Key=KEY, Body=b"old")
    now = system_clock().replace(microsecond=0)
    window = Window(starts_at=now - MINUTE, ends_at=now + timedelta(seconds=3))
    again = AT_THE_END[case](stage.session(stage.granted("read", "write", window=window)))
    before = again()
    assert system_clock() < window.ends_at
    wait_for(window.ends_at)
    after = again()
    left = stage.enforcer.owner.list_multipart_uploads(Bucket=REPORTS).get("Uploads", [])
    record_property("happened", f"{before} before, {after} after")
    assert (before, after) == (ALLOWED, REFUSED)
    assert left or "upload" not in case  # what was begun is there for its bucket's owner to see, and to abort


@pytest.mark.parametrize(
    ("by", "case"),
    table("Window", {_EDGES: "to the second"}, {SEAWEEDFS: {_EDGES: NO_TIME}}),
)
def test_it_opens_and_closes_by_itself(
    stage: Stage, case: str, record_property: Callable[[str, object], None]
) -> None:
    assert case == _EDGES
    starts_at = system_clock().replace(microsecond=0) + timedelta(seconds=2)
    window = Window(starts_at=starts_at, ends_at=starts_at + timedelta(seconds=2))
    early = stage.at(lambda: starts_at)
    session = early.session(early.granted("write", window=window))
    seen = follow(session, lambda: put()(session, None), until=window.ends_at + timedelta(seconds=1))
    record_property("happened", seen.in_words(window))
    assert seen.allowed
    assert seen.refused_before(window.starts_at)
    assert seen.outside(window) == []
    assert seen.refused_after(window.ends_at)


def test_every_enforcer_but_one_keeps_time() -> None:
    assert set(GAPS) == set(NAMES) - {EMBEDDED, RADOSGW}
