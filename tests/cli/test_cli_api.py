"""The wire: what is sent, to whom, how often, and what becomes of odd answers."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from tests.cli.fake_liftgate import FakeLiftgate, problem, start

from liftgate.cli.api import SignedInApi
from liftgate.cli.errors import AnswerUnreadable, ServerUnreachable
from liftgate.cli.ports import Call
from liftgate.cli.problem import FromServer, ServerSaysConflict, ServerSaysUnavailable
from liftgate.cli.server_url import parse_server_url
from liftgate.cli.wire import HttpWire
from liftgate.errors import LiftgateError

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ME = Call(method="GET", path="/api/v1/me", token="t")
Handler = Callable[[httpx.Request], httpx.Response]


def wire(handler: Handler, server: str = "https://x.example") -> HttpWire:
    url = parse_server_url(server)
    client = httpx.Client(base_url=url.base, transport=httpx.MockTransport(handler))
    return HttpWire(url, lambda: NOON, http=client)


def answering(response: httpx.Response) -> Handler:
    return lambda _: response


@pytest.mark.parametrize(
    ("response", "said"),
    [
        (
            httpx.Response(302, headers={"location": "https://evil.example/"}),
            "sends us on to `https://evil.example/`",
        ),
        (httpx.Response(200, text="<html>hello</html>"), "not JSON"),
        (httpx.Response(200, json=["a"]), "not JSON"),
        (httpx.Response(200, content=b"[" * 100_000), "not JSON"),
        (httpx.Response(404, text="<html>"), "answered 404, but not as Liftgate does"),
        (httpx.Response(500, json={"detail": "x"}), "answered 500, but not as Liftgate does"),
        (httpx.Response(403, headers={"content-type": "application/problem+json"}, text="?"), "not JSON"),
    ],
)
def test_an_answer_that_is_not_liftgates_is_refused(response: httpx.Response, said: str) -> None:
    with pytest.raises(AnswerUnreadable, match=said):
        wire(answering(response)).send(ME)


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_proxy_that_says_try_later_is_believed(status: int) -> None:
    with pytest.raises(ServerSaysUnavailable):
        wire(answering(httpx.Response(status, text="busy"))).send(ME)


def test_a_token_is_never_sent_to_where_a_server_points() -> None:
    hosts: list[str] = []

    def redirect(request: httpx.Request) -> httpx.Response:
        hosts.append(request.url.host)
        return httpx.Response(307, headers={"location": "https://evil.example/api/v1/me"})

    with pytest.raises(AnswerUnreadable):
        wire(redirect).send(ME)
    assert hosts == ["x.example"]


def test_a_problem_keeps_what_the_server_said() -> None:
    status, document = problem(
        409, "request_closed", "it is denied already", "look: liftgate show", where="id"
    )
    response = httpx.Response(status, json=document, headers={"content-type": "application/problem+json"})
    with pytest.raises(ServerSaysConflict) as caught:
        wire(answering(response)).send(ME)
    error = caught.value
    assert (error.server_code, error.request_id, error.where) == ("request_closed", "req-7f3a", "id")
    assert error.advice == "look: liftgate show"


@pytest.mark.parametrize("document", [{}, {"detail": 3, "advice": None, "code": [], "request_id": {}}])
def test_a_problem_that_says_nothing_still_has_a_sentence_and_advice(document: object) -> None:
    response = httpx.Response(418, json=document, headers={"content-type": "application/problem+json"})
    with pytest.raises(FromServer) as caught:
        wire(answering(response)).send(ME)
    assert "418" in caught.value.sentence
    assert caught.value.advice


class Flaky:
    """Breaks the first connections with ``fault``, then answers."""

    def __init__(self, fault: type[httpx.TransportError], times: int = 1) -> None:
        self.fault, self.left = fault, times
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self.left:
            self.left -= 1
            raise self.fault("connection reset")
        return httpx.Response(200, json={})


@pytest.mark.parametrize("fault", [httpx.ConnectError, httpx.ReadError, httpx.RemoteProtocolError])
def test_a_broken_connection_is_tried_once_more(fault: type[httpx.TransportError]) -> None:
    flaky = Flaky(fault)
    assert wire(flaky).send(ME) == {}
    with pytest.raises(ServerUnreachable, match="connection reset"):
        wire(Flaky(fault, times=2)).send(ME)


def test_a_repeated_post_has_the_same_key_and_no_post_is_repeated_without_one() -> None:
    flaky = Flaky(httpx.ReadError)
    SignedInApi(wire(flaky), lambda _: "t").post("/requests", {"a": 1})
    keys = [request.headers["idempotency-key"] for request in flaky.requests]
    assert len(keys) == 2
    assert len(set(keys)) == 1
    SignedInApi(wire(flaky), lambda _: "t").post("/requests", {"a": 1})
    assert flaky.requests[-1].headers["idempotency-key"] not in keys
    once = Flaky(httpx.ReadError)
    with pytest.raises(ServerUnreachable):
        wire(once).send(Call(method="POST", path="/api/v1/sign-ins", body={}))
    assert len(once.requests) == 1


def test_a_timeout_is_not_tried_again() -> None:
    slow = Flaky(httpx.ReadTimeout)
    with pytest.raises(ServerUnreachable):
        wire(slow).send(ME)
    assert len(slow.requests) == 1


def test_a_refused_token_is_renewed_once() -> None:
    tokens = iter(["old", "new", "newer"])
    refused: list[str | None] = []
    answers: list[str] = []

    def token(old: str | None) -> str:
        refused.append(old)
        return next(tokens)

    def handler(request: httpx.Request) -> httpx.Response:
        answers.append(request.headers["authorization"])
        return httpx.Response(401, json={}, headers={"content-type": "application/problem+json"})

    with pytest.raises(LiftgateError):
        SignedInApi(wire(handler), token).get("/me")
    assert refused == [None, "old"]
    assert answers == ["Bearer old", "Bearer new"]


@pytest.mark.parametrize(
    ("date", "ahead"),
    [
        ("Tue, 24 Nov 2026 12:00:00 GMT", timedelta()),
        ("Tue, 24 Nov 2026 12:00:01 GMT", timedelta(seconds=2)),
        ("Tue, 24 Nov 2026 12:05:00 GMT", timedelta(minutes=5, seconds=1)),
        ("Tue, 24 Nov 2026 11:00:00 GMT", timedelta(minutes=-59, seconds=-59)),
        ("Tue, 24 Nov 2026 11:59:57 GMT", timedelta()),
        ("no date", timedelta()),
        ("", timedelta()),
    ],
)
def test_the_difference_of_clocks_is_known(date: str, ahead: timedelta) -> None:
    connected = wire(answering(httpx.Response(200, json={}, headers={"date": date})))
    connected.send(ME)
    assert connected.server_ahead == ahead


@pytest.mark.parametrize(
    ("date", "ahead"),
    [
        (
            "Tue, 24 Nov 2026 12:00:20 GMT",
            timedelta(),
        ),  # it was written when the answer began: after the wait
        ("Tue, 24 Nov 2026 12:00:00 GMT", timedelta()),
        ("Tue, 24 Nov 2026 12:00:30 GMT", timedelta(seconds=31)),
    ],
)
def test_an_answer_that_was_waited_for_tells_no_difference_that_need_not_be(
    date: str, ahead: timedelta
) -> None:
    times = iter([NOON, NOON + timedelta(seconds=20)])
    answer = httpx.Response(200, json={}, headers={"date": date})
    http = httpx.Client(
        base_url="https://liftgate.example.com", transport=httpx.MockTransport(lambda _: answer)
    )
    connected = HttpWire(parse_server_url("https://liftgate.example.com"), lambda: next(times), http=http)
    connected.send(ME)
    assert connected.server_ahead == ahead


def test_lines_arrive_as_they_were_sent() -> None:
    def chunks() -> Iterator[bytes]:
        yield from [b'{"seq', b'":1}\n{"seq":2}\n{"se', b'q":3}']

    connected = wire(lambda _: httpx.Response(200, content=chunks()))
    assert list(connected.lines(ME)) == [b'{"seq":1}\n', b'{"seq":2}\n', b'{"seq":3}']


def test_a_refused_stream_is_an_error() -> None:
    status, document = problem(403, "not_an_auditor", "only auditors may")
    response = httpx.Response(status, json=document, headers={"content-type": "application/problem+json"})
    with pytest.raises(FromServer, match="only auditors may"):
        list(wire(answering(response)).lines(ME))


def test_on_loopback_no_proxy_sees_the_token(fake: FakeLiftgate, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = FakeLiftgate()
    server = start(proxy)
    try:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.address)
        HttpWire(parse_server_url(fake.address), lambda: NOON).send(
            Call(method="GET", path="/health", token="t")
        )
    finally:
        server.shutdown()
        server.server_close()
    assert len(fake.seen) == 1
    assert proxy.seen == []


def test_https_never_falls_back_to_plain_text(fake: FakeLiftgate) -> None:
    port = fake.address.rpartition(":")[2]
    with pytest.raises(ServerUnreachable):
        HttpWire(parse_server_url(f"https://127.0.0.1:{port}"), lambda: NOON).send(ME)
    assert fake.seen == []


def test_nobody_there_is_said_with_the_address() -> None:
    with pytest.raises(ServerUnreachable, match=r"`http://127\.0\.0\.1:9`"):
        HttpWire(parse_server_url("http://127.0.0.1:9"), lambda: NOON).send(ME)
