import contextlib
import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from tests.cli.conftest import Said
from tests.cli.fake_liftgate import FakeLiftgate

from liftgate import VERSION
from liftgate.cli.app import run
from liftgate.cli.cache import pick_text, session_text
from liftgate.cli.contents import root_help
from liftgate.cli.private_file import write_private
from liftgate.cli.quick import quick_answer
from liftgate.cli.settings import read_settings

GRANT = "gr-0000000000000001"
SERVER = "https://x.example"
NEVER = (
    "click",
    "json",
    "typing",
    "re",
    "enum",
    "dataclasses",
    "datetime",
    "pathlib",
    "rich",
    "httpx",
    "botocore",
)


def keep(grant: str = GRANT, document: str = '{"Version": 1}', **given: str) -> None:
    now = int(time.time())
    settings = read_settings({"server": SERVER, **given}, os.environ)
    text = session_text(document, lent_at=now, refresh_at=now + 900, ends_at=now + 1200, checked_at=now)
    write_private(settings.cached(f"{grant}.session"), text)
    write_private(settings.cached("pick"), pick_text(grant, picked_at=now))


def quick(*words: str) -> str | None:
    return quick_answer(words, os.environ, time.time())


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    "words",
    [
        ("credentials", "--server", SERVER),
        ("--server", SERVER, "credentials"),
        (f"--server={SERVER}", "credentials", "--grant", GRANT),
        ("credentials", f"--grant={GRANT}", "--server", SERVER),
        ("--server", "https://other.example", "credentials", "--server", SERVER),
    ],
)
def test_a_kept_session_is_printed_at_once(words: tuple[str, ...]) -> None:
    keep()
    assert quick(*words) == '{"Version": 1}\n'


@pytest.mark.usefixtures("home")
def test_the_environment_and_the_client_file_are_heeded(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(profile="baseline")
    folder = home / ".config" / "liftgate"
    folder.mkdir(parents=True)
    (folder / "client.toml").write_text(f'server = "{SERVER}"\n', encoding="utf-8")
    assert quick("credentials") is None
    monkeypatch.setenv("LIFTGATE_PROFILE", "baseline")
    assert quick("credentials") == '{"Version": 1}\n'


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    "words",
    [
        ("credentials",),
        ("credentials", "--server", "https://other.example"),
        ("credentials", "--server", SERVER, "--profile", "other"),
        ("credentials", "--server", SERVER, "--as", "local:eve"),
        ("credentials", "--server", SERVER, "--grant", "gr-0000000000000002"),
        ("credentials", "--server", SERVER, "--grant", "../../x"),
        ("credentials", "--server", SERVER, "--grant"),
        ("credentials", "--server", SERVER, "--unknown", "x"),
        ("credentials", "--server", SERVER, "credentials"),
        ("--grant", GRANT, "credentials", "--server", SERVER),
        ("credentials", "--server", "--profile"),
        ("credentials", "--help"),
        ("--server", SERVER),
    ],
)
def test_whatever_is_not_plain_takes_the_slow_path(words: tuple[str, ...]) -> None:
    keep()
    assert quick(*words) is None


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("name", ["LIFTGATE_SIGNING_IN", "_LIFTGATE_COMPLETE"])
def test_our_own_marks_take_the_slow_path(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    keep()
    monkeypatch.setenv(name, "1")
    assert quick("credentials", "--server", SERVER) is None


def test_the_first_help_screen_is_the_same_on_both_paths(capsys: pytest.CaptureFixture[str]) -> None:
    for words in ([], ["--help"], ["-h"], ["help"]):
        assert quick(*words) == root_help()
    assert run(["--help"]) == 0
    assert capsys.readouterr().out == root_help()


def test_the_version_is_the_same_on_both_paths(capsys: pytest.CaptureFixture[str]) -> None:
    assert quick("--version") == f"liftgate {VERSION}\n"
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"liftgate {VERSION}\n"


VALUES = {
    "--server": st.sampled_from([SERVER, f"{SERVER}/", "https://other.example"]),
    "--profile": st.sampled_from(["baseline", "other"]),
    "--as": st.just("local:ada"),
    "--grant": st.sampled_from([GRANT, "gr-0000000000000002"]),
}


@st.composite
def command_lines(draw: st.DrawFn) -> list[str]:
    words = ["--server", SERVER, "credentials"]
    for option in draw(st.lists(st.sampled_from(list(VALUES)), max_size=3)):
        value = draw(VALUES[option])
        place = draw(st.sampled_from([0, len(words)]))
        words[place:place] = draw(st.sampled_from([[option, value], [f"{option}={value}"]]))
    return words


@given(command_lines())
def test_the_quick_answer_is_the_slow_answer(words: list[str]) -> None:
    """Where the quick path answers, click and the settings read the same command line to the same answer."""
    keep(document='{"a": 0}')
    keep(document='{"a": 1}', profile="baseline")
    keep(document='{"a": 2}', sign_in="local:ada")
    answer = quick(*words)
    event(f"answered: {answer is not None}")
    if answer is None:
        return
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        assert run(words) == 0
    assert printed.getvalue() == answer


@pytest.mark.usefixtures("home")
def test_the_quick_path_imports_next_to_nothing() -> None:
    keep()
    program = (
        "import sys; from liftgate.cli.main import main; code = main(sys.argv[1:]);"
        f"loaded = [name for name in {NEVER!r} if name in sys.modules]; print(code, loaded, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", program, "credentials", "--server", SERVER],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")},
    )
    assert (done.stdout, done.stderr) == ('{"Version": 1}\n', "0 []\n")


def test_what_the_slow_path_borrowed_the_quick_path_prints(
    liftgate: Callable[..., Said], fake: FakeLiftgate
) -> None:
    fake.add_grant()
    slow = liftgate("credentials")
    assert slow.code == 0
    assert json.loads(slow.out)["Version"] == 1
    calls = len(fake.seen)
    assert quick("credentials") == quick("credentials", "--grant", GRANT) == slow.out
    assert liftgate("credentials").out == slow.out
    assert len(fake.seen) == calls
