"""Many processes at once: one sign-in, one session, no half-written file."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.fake_liftgate import FakeLiftgate

LIFTGATE = str(Path(sys.executable).with_name("liftgate"))
GRANT = "gr-0000000000000001"
PROCESSES = 20


def run_together(*words: str) -> list[tuple[int, str, str]]:
    started = [
        subprocess.Popen([LIFTGATE, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(PROCESSES)
    ]
    ended = [(process, *process.communicate(timeout=100)) for process in started]
    return [(process.returncode, out, err) for process, out, err in ended]


@pytest.mark.slow
@pytest.mark.parametrize("words", [("credentials",), ("credentials", "--grant", GRANT)])
def test_parallel_processes_lend_one_session(fake: FakeLiftgate, home: Path, words: tuple[str, ...]) -> None:
    fake.add_grant()
    ended = run_together(*words)
    assert {(code, err) for code, _, err in ended} == {(0, "")}
    assert len({out for _, out, _ in ended}) == 1
    assert json.loads(ended[0][1])["AccessKeyId"] == "ASIA0000000000000001"
    assert len(fake.calls("POST", f"/api/v1/grants/{GRANT}/sessions")) == 1
    assert len(fake.calls("POST", "/api/v1/sign-ins")) == 1
    files = list((home / ".cache/liftgate").iterdir())
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert {path.name.split(".", 1)[1] for path in files} <= {
        *("lock", "sign-in-lock", "token", "pick", f"{GRANT}.session")
    }


@pytest.mark.slow
def test_parallel_processes_sign_in_once(fake: FakeLiftgate) -> None:
    ended = run_together("whoami")
    assert {code for code, _, _ in ended} == {0}
    assert len(fake.calls("POST", "/api/v1/sign-ins")) == 1


@pytest.mark.slow
def test_parallel_renewals_lend_one_more(fake: FakeLiftgate, home: Path) -> None:
    fake.add_grant(minutes=60)
    fake.session_seconds = 900
    run_together("credentials")
    [session] = (home / ".cache/liftgate").glob("*.session")
    head, _, document = session.read_text(encoding="utf-8").partition("\n")
    word, version, lent_at, _, ends_at, checked_at = head.split(" ")
    due = f"{word} {version} {lent_at} {lent_at} {ends_at} {checked_at}"
    session.write_text(f"{due}\n{document}", encoding="utf-8")
    ended = run_together("credentials")
    assert {json.loads(out)["AccessKeyId"] for _, out, _ in ended} == {"ASIA0000000000000002"}
    assert len(fake.calls("POST", f"/api/v1/grants/{GRANT}/sessions")) == 2
