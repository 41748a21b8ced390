"""The command line in a pipeline: it signs in with a token, and asks, waits and runs as it does for people."""

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.docs.page_commands import commands_of
from tests.pipelines.pipeline_world import (
    SUBJECT,
    PipelineIssuer,
    Pipelines,
    github_says,
    open_pipelines,
    served_pipelines,
)

from liftgate.cli.errors import NoToken
from liftgate.cli.exit_code import ExitCode
from liftgate.cli.github_token import github_token
from liftgate.cli.main import main
from liftgate.cli.settings import read_settings
from liftgate.cli.token_file import token_in
from liftgate.errors import LiftgateError

LIFTGATE = str(Path(sys.executable).with_name("liftgate"))
Q3 = "s3://lakeside-reports/2026/q3/"


@dataclass
class Job:
    """A job's machine, with nothing on it but the server's address."""

    pipelines: Pipelines
    address: str
    folder: Path
    capsys: pytest.CaptureFixture[str]

    def token(self, **changed: Any) -> str:
        return self.pipelines.token(aud=self.address, **changed)

    def token_file(self, token: str) -> str:
        path = self.folder / "token"
        path.write_text(f"{token}\n")
        return str(path)

    def liftgate(self, *words: str) -> tuple[int, str]:
        code = main(list(words))
        printed = self.capsys.readouterr()
        return code, printed.out + printed.err


@pytest.fixture
def job(
    tmp_path: Path,
    issuer: PipelineIssuer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Job]:
    for name in list(os.environ):
        if name.startswith(("AWS_", "LIFTGATE_", "XDG_", "ACTIONS_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with open_pipelines(tmp_path, issuer) as pipelines:
        pipelines.world.clock.now = datetime.now(UTC)  # the command line's own is the machine's
        with served_pipelines(pipelines) as address:
            monkeypatch.setenv("LIFTGATE_SERVER", address)
            yield Job(pipelines, address, tmp_path, capsys)


@pytest.mark.slow
def test_a_job_signs_in_once_and_then_asks_waits_and_runs(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    code, out = job.liftgate("sign-in", "--token-file", job.token_file(job.token()))
    assert (code, out) == (
        0,
        f"Signed in as Reports pipeline (reports-ci), by oidc:{job.pipelines.issuer.base}#{SUBJECT}.\n",
    )
    words = ("request", Q3, "--write", "--for", "20m", "--reason", "correct the totals", "--wait")
    world = job.pipelines.world
    monkeypatch.setenv("PYTHONUNBUFFERED", "1")
    with subprocess.Popen(
        [LIFTGATE, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as asked:
        assert asked.stdout is not None
        try:
            waits = (re.match("(rq-[a-z0-9]+) waits for 1 approval", line) for line in asked.stdout)
            request_id = next(found[1] for found in waits if found)
            body = {"answer": "approve", "comment": "go ahead"}
            assert world.post("grace", f"/requests/{request_id}/reviews", body).status_code == 201
            said, _ = asked.communicate(timeout=30)
        finally:
            asked.kill()
    assert asked.returncode == 0, said
    script = "import os; print(len(os.environ['AWS_SESSION_TOKEN']))"
    ran = subprocess.run(
        [LIFTGATE, "exec", "--", sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout.strip().isdigit()) == (0, True), ran.stderr
    # The token was used once, and what was kept of it served all of these.
    assert world.ledger().count("identity.signed_in") == 2  # the pipeline's, and Grace's


@pytest.mark.slow
def test_a_token_file_of_the_environment_is_read_again_when_it_must_be(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIFTGATE_TOKEN_FILE", job.token_file(job.token(jti="first")))
    assert job.liftgate("whoami")[0] == 0
    assert job.liftgate("whoami")[0] == 0  # by what is kept
    job.pipelines.world.clock.pass_by(minutes=16)
    code, out = job.liftgate("whoami")
    assert code == ExitCode.NOT_SIGNED_IN
    assert "it is over" in out
    job.token_file(job.token(jti="second"))  # as the kubelet does
    code, out = job.liftgate("--output", "json", "whoami")
    assert json.loads(out)["person"]["id"] == "reports-ci"
    assert job.liftgate("sign-in", "--as", "github")[0] == ExitCode.NOT_SIGNED_IN  # an option goes before it


@pytest.mark.slow
def test_a_token_may_come_by_standard_input(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{job.token()}\n"))
    assert job.liftgate("sign-in", "--token-file", "-")[0] == 0
    assert job.liftgate("whoami")[0] == 0


@pytest.mark.slow
def test_the_lines_of_the_page_sign_in(job: Job) -> None:
    lines = [one for one in commands_of("docs/pipelines.md") if " sign-in --token-file " in one.text]
    assert len(lines) == 2
    for number, line in enumerate(lines):
        token = job.token(jti=f"line-{number}")
        done = subprocess.run(
            ["bash", "-c", line.text.replace("FILE", job.token_file(token))],
            env=os.environ
            | {"LIFTGATE_ID_TOKEN": token, "PATH": f"{Path(LIFTGATE).parent}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, ""), line
        assert "Signed in as Reports pipeline (reports-ci)" in done.stdout


@pytest.mark.slow
def test_a_job_of_github_gets_a_token_for_each_sign_in(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    issuer = job.pipelines.issuer
    issuer.said = github_says(job.pipelines.world.clock.now, issuer.base)
    issuer.asked_for.clear()
    monkeypatch.setenv("LIFTGATE_SIGN_IN", "github")
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_URL", f"{issuer.base}/token?api-version=2.0")
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "runners-secret")
    assert job.liftgate("sign-in")[0] == 0
    assert job.liftgate("sign-in")[0] == 0
    assert issuer.asked_for == [job.address] * 2
    assert issuer.bearers[-1] == "Bearer runners-secret"


def test_a_refused_token_is_quoted_nowhere(job: Job) -> None:
    token = job.token(environment="development")
    code, out = job.liftgate("sign-in", "--token-file", job.token_file(token))
    assert code == ExitCode.NOT_SIGNED_IN
    assert "what its claim `environment` says is not accepted" in out
    assert token not in out


@pytest.mark.parametrize("content", ["", "\n", "a b", "ä", "a" * 20_000, None])
def test_what_is_no_token_is_not_sent(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "token"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(NoToken) as caught:
        token_in(str(path))
    assert "aaaa" not in str(caught.value)


@pytest.mark.parametrize(
    "answer",
    [
        lambda _: httpx.Response(403, json={"value": "x"}),
        lambda _: httpx.Response(200, json={"value": 7}),
        lambda _: httpx.Response(200, json=["x"]),
        lambda _: httpx.Response(200, text="<html>"),
        lambda _: httpx.Response(302, headers={"location": "https://evil.example"}),
    ],
)
def test_a_job_of_github_without_a_token_is_told_so(
    answer: Callable[[httpx.Request], httpx.Response],
) -> None:
    environ = {
        "ACTIONS_ID_TOKEN_REQUEST_URL": "https://x.example/?a=b",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "s",
    }
    with pytest.raises(NoToken):
        github_token("https://l.example", environ, transport=httpx.MockTransport(answer))
    with pytest.raises(NoToken) as caught:
        github_token("https://l.example", {})
    assert caught.value.advice == "write permissions: {id-token: write} into the job"


@pytest.mark.parametrize("way", ["token:", "token", "github:x", "gitlab", "local:", ":x"])
def test_another_way_to_sign_in_is_refused(way: str) -> None:
    with pytest.raises(LiftgateError) as caught:
        read_settings({"server": "https://x.example", "sign_in": way}, {"HOME": "/home/ada"})
    assert caught.value.code == "bad_sign_in"


@pytest.mark.slow
def test_the_doctor_and_a_profile_know_that_a_token_file_proves_who_asks(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = job.token_file(job.token())
    monkeypatch.setenv("LIFTGATE_TOKEN_FILE", file)
    _, said = job.liftgate("doctor")
    words = (
        f"not needed for the token in {file}".split()
    )  # folded where the line is full, at a space or within the path
    assert "".join(words) in "".join(said.split())
    config = job.folder / "aws-config"
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    code, _ = job.liftgate("profile", "install")
    assert code == 0
    assert f"--as token:{file}" in config.read_text()
