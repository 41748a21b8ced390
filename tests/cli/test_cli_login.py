"""``liftgate login`` against a real server: a browser of this machine, one elsewhere, and who else may call the terminal."""

import os
import re
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import httpx
import pytest
from tests.cli.conftest import Said
from tests.docs.page_commands import commands_of
from tests.docs.shown import assert_shows
from tests.pages.page_world import served

from liftgate.cli.commands import login
from liftgate.cli.errors import LoginNotAnswered, LoginRefused
from liftgate.cli.exit_code import ExitCode
from liftgate.cli.login import log_in_elsewhere, machine_name
from liftgate.cli.loopback import listening
from liftgate.cli.quick import quick_answer
from liftgate.cli.server_url import parse_server_url
from liftgate.cli.settings import read_settings
from liftgate.cli.wire import HttpWire
from liftgate.clock import system_clock

Run = Callable[..., Said]
STATE = "s" * 43


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server at an address, whose time is the machine's."""
    (tmp_path / "server").mkdir()
    with served(tmp_path / "server") as (world, address):
        world.clock.now = system_clock()
        monkeypatch.setenv("LIFTGATE_SERVER", address)
        monkeypatch.setenv("BROWSER", "a-browser")
        yield address


class Person:
    """Somebody before a browser."""

    def __init__(self, address: str, name: str) -> None:
        self.address = address
        self.http = httpx.Client(base_url=address, headers={"Origin": address}, trust_env=False)
        self.http.post("/sign-in/local", data={"person": name})

    def send(self, page: str, text: str, **fields: str) -> httpx.Response:
        """The first form of a page that is not the one to sign out."""
        [(action, inside)] = [
            form
            for form in re.findall(r'<form method="post" action="([^"]*)">(.*?)</form>', text, re.DOTALL)
            if form[0] != "/sign-out"
        ]
        hidden = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', inside)
        assert page.startswith(action) or action
        return self.http.post(action, data={name: unescape(value) for name, value in hidden} | fields)

    def open(self, address: str, answer: str = "allow") -> httpx.Response:
        """What a browser does with the address that a terminal opens; what the terminal's own page says."""
        page = self.http.get(address)
        said = self.send(address, page.text, answer=answer)
        return httpx.get(said.headers["refresh"].removeprefix("0; url="), trust_env=False)

    def type(self, code: str, answer: str = "allow") -> None:
        page = self.http.get("/sign-in/device")
        found = self.send("/sign-in/device", page.text, code=code)
        assert found.status_code == 200, found.text
        self.send("/sign-in/device", found.text, answer=answer)


@pytest.fixture
def browser(address: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[httpx.Response]]:
    """Lets somebody answer in the browser that ``liftgate login`` opens."""
    seen: list[httpx.Response] = []

    def answering(name: str, answer: str = "allow") -> list[httpx.Response]:
        person = Person(address, name)

        def opened(url: str) -> bool:
            threading.Thread(target=lambda: seen.append(person.open(url, answer)), daemon=True).start()
            return True

        monkeypatch.setattr("webbrowser.open", opened)
        return seen

    return answering


def test_every_command_acts_as_who_logged_in(liftgate: Run, browser: Any) -> None:
    seen = browser("ada")
    told = liftgate("login")
    assert told.code == 0, told.err
    assert "Signed in as Ada Lovelace (ada), by local:ada, for " in told.out
    assert "/sign-in/cli?port=" in told.err
    assert seen[0].status_code == 200
    assert "go back to the terminal" in seen[0].text
    assert liftgate("whoami", "--output", "json").json["person"]["id"] == "ada"
    assert "then: liftgate login" in liftgate("whoami").out
    assert "a login by a browser" in liftgate("doctor").out


def test_a_token_is_never_printed(liftgate: Run, browser: Any) -> None:
    browser("ada")
    told = liftgate("login", "--output", "json")
    assert told.json["person"]["id"] == "ada"
    assert "lg_" not in told.out + told.err


def test_a_no_in_the_browser_is_a_no(liftgate: Run, browser: Any) -> None:
    browser("ada", "refuse")
    told = liftgate("login")
    assert told.code == ExitCode.REFUSED
    assert "refused in the browser" in told.err


def test_once_signed_out_the_aws_identity_counts_again(liftgate: Run, browser: Any) -> None:
    browser("ada")
    liftgate("login")
    assert read_settings({}, os.environ).is_login
    assert liftgate("sign-out").out == "Signed out.\n"
    assert not read_settings({}, os.environ).is_login


def test_a_login_that_is_over_asks_for_another(liftgate: Run, browser: Any, address: str) -> None:
    browser("ada")
    liftgate("login")
    token = Path(read_settings({}, os.environ).cached("token"))
    headers = {"Authorization": f"Bearer {token.read_text().splitlines()[1]}"}
    httpx.delete(f"{address}/api/v1/sign-ins/current", headers=headers, trust_env=False).raise_for_status()
    told = liftgate("whoami")
    assert told.code == ExitCode.NOT_SIGNED_IN
    assert "next: liftgate login" in told.err
    assert "next: liftgate login" in liftgate("sign-in").err


def test_what_was_lent_to_the_one_is_not_handed_to_the_next(liftgate: Run, browser: Any) -> None:
    browser("ada")
    liftgate("login")
    settings = read_settings({}, os.environ)
    Path(settings.cached("gr-0000000000000001.session")).write_text("lent to Ada")
    browser("grace")
    liftgate("login")
    assert not list(settings.cache.glob("*.session"))


def test_whoever_names_another_way_gets_it(
    liftgate: Run, browser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser("ada")
    liftgate("login")
    assert liftgate("whoami", "--as", "local:grace", "--output", "json").json["person"]["id"] == "grace"
    assert not read_settings({"profile": "mine"}, os.environ).is_login
    monkeypatch.setenv("LIFTGATE_PROFILE", "mine")  # what stands there for all commands does not undo a login
    assert read_settings({}, os.environ).is_login
    monkeypatch.setenv("LIFTGATE_SIGN_IN", "local:grace")
    assert "next: unset LIFTGATE_SIGN_IN" in liftgate("login").err


def test_the_quick_path_shows_a_login_what_was_lent_to_it_alone(liftgate: Run, browser: Any) -> None:
    grant, document = "gr-0000000000000001", '{"of": "the AWS identity"}'
    now = system_clock().timestamp()
    text = f"session 1 {int(now)} {int(now) + 900} {int(now) + 900} {int(now)}\n{document}\n"
    before = read_settings({}, os.environ)
    before.cache.mkdir(parents=True)
    Path(before.cached(f"{grant}.session")).write_text(text)
    Path(before.cached(f"{grant}.session")).chmod(0o600)
    before.cache.chmod(0o700)
    asked = ["credentials", "--grant", grant]
    assert quick_answer(asked, os.environ, now) == f"{document}\n"
    browser("ada")
    liftgate("login")
    assert quick_answer(asked, os.environ, now) is None


# by a browser elsewhere


@pytest.fixture
def typing(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ada types the code that ``liftgate login --device`` shows, in a browser elsewhere."""
    ada = Person(address, "ada")

    def confirmed(_: float) -> None:
        monkeypatch.setattr("time.sleep", lambda _: None)
        ada.type(codes.get())

    codes: SimpleQueue[str] = SimpleQueue()
    show = login._show_code

    def shown(what: Any) -> None:
        show(what)
        codes.put(what.user_code)

    monkeypatch.setattr(login, "_show_code", shown)
    monkeypatch.setattr("time.sleep", confirmed)


@pytest.mark.usefixtures("typing")
def test_a_terminal_without_a_browser_shows_a_code(liftgate: Run, address: str) -> None:
    told = liftgate("login", "--device")
    assert told.code == 0, told.err
    assert f"Open {address}/sign-in/device in any browser" in told.err
    assert re.search(r"^  [A-Z]{4}-[A-Z]{4}$", told.err, re.MULTILINE)
    assert "(ada)" in told.out


@pytest.mark.usefixtures("typing")
def test_a_login_shows_what_the_page_shows(liftgate: Run, browser: Any) -> None:
    browser("ada")
    [in_browser, elsewhere] = [one for one in commands_of("docs/login.md") if one.typed]
    for one, signed_in in ((in_browser, ""), (elsewhere, "\n…")):
        told = liftgate(*one.text.split()[1:])
        assert told.code == 0, told.err
        shown = re.sub(r"oidc:\S+#\S+,", "local:ada,", one.shown) + signed_in
        assert_shows(shown, told.err + told.out, str(one), elsewhere=True)


def test_a_terminal_waits_as_long_as_it_is_told_and_no_longer(address: str) -> None:
    wire, slept = HttpWire(parse_server_url(address), system_clock), []
    codes: list[str] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 2:
            Person(address, "grace").type(codes[0], "refuse")

    with pytest.raises(Exception, match="refused in the browser"):
        log_in_elsewhere(
            wire, "build-7", show=lambda one: codes.append(one.user_code), sleep=sleep, clock=system_clock
        )
    assert slept == [3, 3]
    wire.close()


def test_a_terminal_gives_up_when_its_code_is_over(address: str) -> None:
    wire, later = HttpWire(parse_server_url(address), system_clock), timedelta(minutes=11)
    with pytest.raises(Exception, match="nobody has confirmed the code yet"):
        log_in_elsewhere(
            wire, "build-7", show=lambda _: None, sleep=lambda _: None, clock=lambda: system_clock() + later
        )
    wire.close()


def test_any_host_has_a_name_that_the_server_takes() -> None:
    hosts = ("ada-laptop.local", "Ada\u2019s Mac", "", "x" * 99)
    assert [machine_name(host) for host in hosts] == ["ada-laptop.local", "Ada-s-Mac", "unnamed", "x" * 64]


# who else may call the terminal


def test_only_the_answer_to_our_own_question_counts() -> None:
    with listening(STATE) as door:
        base = f"http://127.0.0.1:{door.port}"
        own = f"/?code=c&state={STATE}"
        for path, headers in [
            ("/", {}),
            ("/favicon.ico", {}),
            (f"/?state={STATE}", {}),
            ("/?code=c", {}),
            ("/?code=c&state=" + "t" * 43, {}),
            (f"/?code=c&state={STATE}&state={STATE}", {}),
            (f"/?code=c&code=d&state={STATE}", {}),
            (f"/other{own[1:]}", {}),
            (own, {"Host": f"evil.example:{door.port}"}),
            (own, {"Host": "127.0.0.1"}),
        ]:
            assert httpx.get(base + path, headers=headers, trust_env=False).status_code == 404, path
        assert httpx.post(base + own, trust_env=False).status_code == 501
        with pytest.raises(LoginNotAnswered):
            door.code(seconds=0)
        answer = httpx.get(base + own, trust_env=False)
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert answer.headers["cache-control"] == "no-store"
        assert door.code(seconds=5) == "c"


def test_a_connection_that_says_nothing_holds_up_nobody() -> None:
    with listening(STATE) as door:
        base = f"http://127.0.0.1:{door.port}"
        with socket.create_connection(("127.0.0.1", door.port)):  # browsers open some to be quick
            httpx.get(f"{base}/?error=access_denied&state={STATE}", trust_env=False)
            with pytest.raises(LoginRefused):
                door.code(seconds=5)
