"""The example for GitHub Actions, run for real: its script against a served Liftgate, and what stands for GitHub on loopback."""

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from tests.pipelines.pipeline_world import (
    PipelineIssuer,
    Pipelines,
    github_says,
    open_pipelines,
    served_pipelines,
)

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "github-actions"
RUNNERS_SECRET = "runners-secret"


@dataclass
class Run:
    """A step of a job that runs the script."""

    process: subprocess.Popen[str]
    folder: Path

    def end(self) -> tuple[int, str]:
        out, errors = self.process.communicate(timeout=30)
        assert errors == ""
        return self.process.returncode, out

    def wrote(self, name: str) -> dict[str, str]:
        lines = (self.folder / name).read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)


@dataclass
class Stage:
    """A served Liftgate and the issuer, as a job sees them."""

    pipelines: Pipelines
    address: str
    folder: Path

    def start(self, **changed: str) -> Run:
        issuer = self.pipelines.issuer
        issuer.said = github_says(self.pipelines.world.clock.now, issuer.base)
        issuer.asked_for.clear()
        issuer.bearers.clear()
        for name in ("env", "output"):
            (self.folder / name).write_text("")
        environ = {
            "PATH": os.environ["PATH"],
            "LIFTGATE_SERVER": self.address,
            "LIFTGATE_ACTIONS": "write",
            "LIFTGATE_LOCATIONS": "\n  s3://lakeside-reports/2026/q3/\n\n",
            "LIFTGATE_JUSTIFICATION": 'Correct the "totals" of $(the) third quarter',
            "LIFTGATE_DURATION_SECONDS": "1200",
            "GITHUB_ENV": str(self.folder / "env"),
            "GITHUB_OUTPUT": str(self.folder / "output"),
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"{issuer.base}/token?api-version=2.0",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": RUNNERS_SECRET,
            **changed,
        }
        process = subprocess.Popen(
            [EXAMPLE / "ask.sh"],
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        return Run(process, self.folder)

    def waiting(self, run: Run) -> str:
        """The request that it says it waits for."""
        assert run.process.stdout is not None
        for line in run.process.stdout:
            found = re.match(r"liftgate: (rq-[a-z0-9]+) waits for (.*): http", line)
            if found:
                assert found[2] == "1 approval of grace or linus"
                return found[1]
        raise AssertionError(run.end())

    def review(self, request_id: str, answer: str, comment: str) -> None:
        body = {"answer": answer, "comment": comment}
        answered = self.pipelines.world.post("grace", f"/requests/{request_id}/reviews", body)
        assert answered.status_code == 201, answered.text


@pytest.fixture
def stage(tmp_path: Path, issuer: PipelineIssuer) -> Iterator[Stage]:
    with open_pipelines(tmp_path, issuer) as pipelines, served_pipelines(pipelines) as address:
        yield Stage(pipelines, address, tmp_path)


@pytest.mark.slow
def test_a_job_asks_waits_for_the_review_and_has_credentials(stage: Stage) -> None:
    run = stage.start()
    request_id = stage.waiting(run)
    asked = stage.pipelines.world.get("grace", f"/requests/{request_id}").json()
    assert asked["requester"]["id"] == "reports-ci"
    assert asked["justification"] == 'Correct the "totals" of $(the) third quarter'
    assert asked["scope"]["locations"] == ["s3://lakeside-reports/2026/q3/"]
    # While it waits, GitHub's token, and the sign-in with it, ends: it gets new ones.
    stage.pipelines.world.clock.pass_by(minutes=16)
    stage.pipelines.issuer.said = github_says(stage.pipelines.world.clock.now, stage.pipelines.issuer.base)
    stage.review(request_id, "approve", "go ahead")
    code, out = run.end()
    assert code == 0, out

    exported, told = run.wrote("env"), run.wrote("output")
    order = stage.pipelines.world.sts.orders[-1]
    assert order.session_name.startswith(told["grant-id"])
    assert set(exported) == {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}
    assert told["request-id"] == request_id
    for secret in exported.values():
        assert [line for line in out.splitlines() if secret in line] == [f"::add-mask::{secret}"]
    assert set(stage.pipelines.issuer.asked_for) == {stage.address}
    assert set(stage.pipelines.issuer.bearers) == {f"Bearer {RUNNERS_SECRET}"}
    assert len(stage.pipelines.issuer.asked_for) == 2
    assert RUNNERS_SECRET not in out


@pytest.mark.slow
def test_a_denied_job_fails_and_says_why_in_one_line(stage: Stage) -> None:
    run = stage.start()
    stage.review(stage.waiting(run), "deny", "not 100% today ::warning::x")
    code, out = run.end()
    assert code == 1
    last = out.splitlines()[-1]
    assert last.startswith("::error title=Liftgate::rq-")
    assert last.endswith("was denied: Grace Hopper: not 100%25 today ::warning::x")
    assert run.wrote("env") == {}


@pytest.mark.slow
def test_a_job_that_liftgate_does_not_let_in_fails_and_says_why(stage: Stage) -> None:
    run = stage.start(LIFTGATE_AUDIENCE="https://liftgate.other.example")
    code, out = run.end()
    assert code == 1
    assert out.splitlines()[-1].startswith(
        "::error title=Liftgate::the sign-in was refused (401): the token is refused"
    )
    run = stage.start(LIFTGATE_LOCATIONS="s3://lakeside-payroll/2026/")
    code, out = run.end()
    assert code == 1
    assert "::error title=Liftgate::POST /requests was refused (403): " in out.splitlines()[-1]
    assert run.wrote("env") == {}


@pytest.mark.slow
def test_a_job_waits_no_longer_than_it_was_told(stage: Stage) -> None:
    code, out = stage.start(LIFTGATE_WAIT_SECONDS="0").end()
    assert code == 1
    assert out.splitlines()[-1].endswith("was not answered in 0 seconds")


def test_the_action_hands_every_input_to_the_script_as_environment() -> None:
    """What is put into the text of a script by `${{ }}` is run as one."""
    action = yaml.safe_load((EXAMPLE / "action.yml").read_text())
    [step] = action["runs"]["steps"]
    assert step["run"] == '"$GITHUB_ACTION_PATH/ask.sh"'
    assert set(step["env"].values()) == {f"${{{{ inputs.{name} }}}}" for name in action["inputs"]}
    script = (EXAMPLE / "ask.sh").read_text()
    for name in step["env"]:
        assert name in script
    workflow = yaml.safe_load((EXAMPLE / "workflow.yml").read_text())
    [job] = workflow["jobs"].values()
    used = next(one for one in job["steps"] if "with" in one)
    assert set(used["with"]) <= set(action["inputs"])
    assert {name for name, one in action["inputs"].items() if one.get("required")} <= set(used["with"])
    assert job["permissions"]["id-token"] == "write"
