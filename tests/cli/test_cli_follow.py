from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from tests.cli.fake_liftgate import FakeLiftgate

from liftgate.cli.answers import RequestAnswer, read_request
from liftgate.cli.errors import ServerUnreachable
from liftgate.cli.exit_code import ExitCode
from liftgate.cli.follow import ending_code, follow
from liftgate.cli.live_line import live_line
from liftgate.cli.problem import problem_error
from liftgate.clock import rfc3339
from liftgate.errors import NotFound, Unavailable

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LAPSES = NOON + timedelta(hours=4)
AWAY = ServerUnreachable("no answer", advice="wait")


def request(state: str = "pending") -> RequestAnswer:
    return read_request(FakeLiftgate().add_request(state=state, lapses_at=rfc3339(LAPSES)))


@dataclass
class Wait:
    """Time that passes only by sleeping; each fetch takes the next of ``answers``, and then the last again."""

    answers: list[RequestAnswer | Exception]
    now: datetime = NOON
    sleeps: list[float] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    held: timedelta = timedelta(0)  # how long the server holds each answer back

    def follow(self) -> RequestAnswer:
        return follow(request(), fetch=self.fetch, watcher=self, clock=lambda: self.now, sleep=self.sleep)

    def fetch(self) -> RequestAnswer:
        self.now += self.held
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += timedelta(seconds=seconds)

    def waits(self, request: RequestAnswer) -> None:
        self.seen.append(request.waiting_for or "")

    def lost(self, error: Unavailable) -> None:
        self.seen.append(error.sentence)


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("approved", ExitCode.OK),
        ("denied", ExitCode.REFUSED),
        ("lapsed", ExitCode.NOT_APPROVED),
        ("cancelled", ExitCode.NOT_APPROVED),
        ("something new", ExitCode.NOT_APPROVED),
    ],
)
def test_it_waits_until_the_request_is_answered(state: str, code: ExitCode) -> None:
    wait = Wait([request(), request(), request(state)])
    ended = wait.follow()
    assert ended.state == state
    assert ending_code(ended) is code
    assert len(wait.sleeps) == 2
    assert wait.seen == ["1 approval of Grace or Linus"] * 3


def test_it_asks_less_and_less_often_but_at_least_every_ten_seconds() -> None:
    wait = Wait([*[request()] * 20, request("approved")])
    wait.follow()
    assert wait.sleeps[0] == 1
    assert len(wait.sleeps) == 20
    assert wait.sleeps == sorted(wait.sleeps)
    assert wait.sleeps[-1] == 10


def test_a_server_that_holds_its_answer_back_is_asked_again_at_once() -> None:
    wait = Wait([request(), request(), request("approved")], held=timedelta(seconds=20))
    assert wait.follow().state == "approved"
    assert wait.sleeps == []


def test_a_server_that_is_away_is_waited_for() -> None:
    wait = Wait([AWAY, problem_error(503, {"detail": "starting"}), request(), request("approved")])
    assert wait.follow().state == "approved"
    assert wait.seen == [
        "1 approval of Grace or Linus",
        "no answer",
        "1 approval of Grace or Linus",
        "starting",
        "1 approval of Grace or Linus",
        "1 approval of Grace or Linus",
    ]


def test_a_server_that_stays_away_is_not_waited_for_beyond_the_requests_end() -> None:
    wait = Wait([AWAY])
    with pytest.raises(ServerUnreachable):
        wait.follow()
    assert LAPSES <= wait.now <= LAPSES + timedelta(seconds=10)


def test_a_request_that_is_gone_ends_the_wait() -> None:
    with pytest.raises(NotFound):
        Wait([problem_error(404, {})]).follow()


def test_an_answered_request_is_not_waited_for() -> None:
    def never(*_: object) -> RequestAnswer:
        raise AssertionError

    wait = Wait([])
    sleep: Callable[[float], None] = wait.sleep
    done = follow(request("approved"), fetch=never, watcher=wait, clock=lambda: NOON, sleep=sleep)
    assert done.state == "approved"
    assert wait.sleeps == []


def test_away_from_a_terminal_only_changes_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    with live_line(lambda: NOON) as watcher:
        for _ in range(3):
            watcher.waits(request())
        watcher.lost(AWAY)
        watcher.waits(request())
    printed = capsys.readouterr()
    line = "rq-0000000000000001 waits for 1 approval of Grace or Linus"
    assert printed.err.splitlines() == [line, "no answer; asking again", line]
    assert printed.out == ""
