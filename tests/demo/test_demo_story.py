"""The story of the demo, played as a user plays it: every step as expected, and nothing left behind."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROMISED = [
    "baseline may read",
    "baseline may not write",
    "a request outside the ceiling is refused and the excess named",
    "a request is made by a caller who proved an AWS identity",
    "the requester cannot review it",
    "a reviewer approves",
    "the lent session writes inside its prefix",
    "AWS refuses it outside the prefix",
    "AWS refuses it to delete",
    "AWS refuses it in another bucket",
    "AWS refuses it on IAM",
    "access is asked for in place, with no new credentials",
    "the session that she holds all day writes there",
    "a grant of some seconds ends on time with Liftgate stopped",
    "what it tried beyond its scope meanwhile is found, though no event came: the log files tell",
    "access in place closes by itself",
    "one of them is revoked",
    "its running session is refused",
    "the other goes on",
    "a session that may write tries to open the bucket to everyone",
    "CloudTrail tells, and it is a finding",
    "the grant is taken back by itself",
    "AWS refuses the session that did it",
    "the account of the first grant: granted against used",
    "the ledger verifies",
    "one altered byte in the ledger is found and its entry named",
]


@pytest.mark.slow
def test_every_step_of_the_story_holds(tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("liftgate")
    played = subprocess.run(
        [program, "demo", "--check"],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
        env={"HOME": str(tmp_path), "TMPDIR": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )
    steps = [json.loads(line) for line in played.stdout.splitlines()]
    failed = [step for step in steps if not step["ok"]]
    assert not failed, played.stderr
    assert [step["step"] for step in steps if step["step"] in PROMISED] == PROMISED
    assert all(step.keys() == {"step", "expected", "observed", "ok"} and step["observed"] for step in steps)
    assert played.returncode == 0, played.stderr
    assert not list(tmp_path.iterdir())
