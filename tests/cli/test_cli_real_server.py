"""The command line against the real server and an AWS that enforces: the demo's world."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from liftgate.cli.exit_code import ExitCode
from liftgate.demo.ran import Ran
from liftgate.demo.world import World, running_world

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("real-server")]

LIFTGATE = str(Path(sys.executable).with_name("liftgate"))
Q3 = "s3://lakeside-reports/2026/q3/"
REASON = ("--reason", "correct the figures of the north")


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with running_world() as running:
        yield running


def environment(world: World) -> dict[str, str]:
    """Ada's shell."""
    return {
        "PATH": f"{Path(LIFTGATE).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(world.folder / "home" / "ada"),
        "AWS_CONFIG_FILE": str(world.aws_config),
        "AWS_PROFILE": "baseline",
        "AWS_EC2_METADATA_DISABLED": "true",
        "LIFTGATE_SERVER": world.address,
    }


def upload(world: World) -> str:
    """A file to upload."""
    path = world.folder / "upload.csv"
    path.write_text("region,total\n", encoding="utf-8")
    return str(path)


def ask(world: World, *options: str, duration: str = "20m") -> Ran:
    return world.liftgate("ada", "request", Q3, "--write", "--for", duration, *REASON, *options)


def approved_grant(world: World) -> str:
    asked = ask(world)
    assert asked.exit_code == 0, asked.output
    approved = world.liftgate("grace", "review", "approve", asked.request_id, "--comment", "go ahead")
    assert approved.exit_code == 0, approved.output
    return approved.grant_id


def test_a_doctor_finds_all_well(world: World) -> None:
    told = world.liftgate("ada", "doctor")
    assert told.exit_code == 0, told.output
    assert "All is well." in told.output
    assert "assumed-role/LakesideReadOnly/ada" in told.output


def test_from_the_ask_to_the_return(world: World) -> None:
    asked = ask(world, "--ticket", "OPS-1")
    assert "pending" in asked.output
    assert "next: liftgate show" in asked.output
    assert asked.request_id in world.liftgate("ada", "status").output
    own = world.liftgate("ada", "review", "approve", asked.request_id)
    assert own.exit_code == ExitCode.REFUSED
    assert asked.request_id in world.liftgate("grace", "review").output
    approved = world.liftgate("grace", "review", "approve", asked.request_id, "--comment", "go ahead")
    grant = approved.grant_id
    shown = world.liftgate("ada", "show", asked.request_id)
    assert f"liftgate exec --grant {grant} -- aws s3 cp FILE {Q3}" in shown.output
    used = world.liftgate(
        *("ada", "exec", "--grant", grant, "--", "aws", "s3", "cp", upload(world), f"{Q3}a.csv")
    )
    assert used.exit_code == 0, used.output
    beyond = world.liftgate(
        *("ada", "exec", "--grant", grant, "--", "aws", "s3", "rm", "s3://lakeside-reports/archive/2025.csv")
    )
    assert beyond.exit_code == 1
    assert "AccessDenied" in beyond.output
    returned = world.liftgate("ada", "return", grant, "--reason", "done")
    assert returned.exit_code == 0
    assert "returned" in returned.output
    again = world.liftgate("ada", "credentials", "--grant", grant)
    assert again.exit_code == ExitCode.CONFLICT
    assert "was returned by Ada Lovelace: done" in again.output


def test_a_profile_goes_on_with_the_new_grant_as_soon_as_there_is_one(world: World) -> None:
    """What it knew of the one before is of another context: a profile names the identity that a shell has by AWS_PROFILE."""
    by_profile = ("ada", "credentials", "--profile", "baseline")
    first = ask(world, duration="1m").grant_id
    before = world.liftgate(*by_profile).output
    world.liftgate("ada", "return", first)
    second = ask(world, duration="1m").grant_id
    after = world.liftgate(*by_profile).output
    assert after == world.liftgate(*by_profile, "--grant", second).output
    assert json.loads(after)["AccessKeyId"] != json.loads(before)["AccessKeyId"]
    world.liftgate("ada", "return", second)


def test_a_profile_borrows_by_itself(world: World) -> None:
    grant = approved_grant(world)
    before = world.aws_config.read_text(encoding="utf-8")
    installed = world.liftgate(
        *("ada", "profile", "install", "--profile", "lent", "--source-profile", "baseline", "--grant", grant)
    )
    assert installed.exit_code == 0, installed.output
    assert world.aws_config.read_text(encoding="utf-8").startswith(before)
    assert world.upload("lent", f"{Q3}b.csv").exit_code == 0
    assert "AccessDenied" in world.upload("lent", "s3://lakeside-payroll/2026/b.csv").output
    assert world.liftgate("ada", "return", grant).exit_code == 0


def test_what_ended_is_told_where_it_is_used(world: World) -> None:
    """An AWS tool shows the words of a credential_process that fails."""
    grant = approved_grant(world)
    world.liftgate(
        "ada", "profile", "install", "--profile", "over", "--source-profile", "baseline", "--grant", grant
    )
    assert world.liftgate("grace", "revoke", grant, "--reason", "wrong quarter").exit_code == 0
    refused = world.upload("over", f"{Q3}c.csv")
    assert refused.exit_code != 0
    assert "was revoked by Grace Hopper: wrong quarter" in refused.output


def test_twenty_processes_lend_one_session(world: World) -> None:
    grant = approved_grant(world)
    environ = environment(world)
    started = [
        subprocess.Popen(
            [LIFTGATE, "credentials", "--grant", grant],
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(20)
    ]
    printed = {process.communicate() for process in started}
    assert len(printed) == 1
    assert printed.pop()[1] == b""
    shown = json.loads(world.liftgate("ada", "show", grant, "--output", "json").output)
    assert len(shown["sessions"]) == 1
    assert world.liftgate("ada", "return", grant).exit_code == 0


def test_a_wait_ends_with_the_answer(world: World) -> None:
    command = [LIFTGATE, "request", Q3, "--write", "--for", "20m", *REASON, "--wait", "--output", "json"]
    with subprocess.Popen(
        command, env=environment(world), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as waiting:
        assert waiting.stderr is not None
        request = waiting.stderr.readline().split(" ")[0]
        denied = world.liftgate("grace", "review", "deny", request, "--comment", "not today")
        assert denied.exit_code == 0, denied.output
        out, _ = waiting.communicate(timeout=60)
    assert waiting.returncode == ExitCode.REFUSED
    assert json.loads(out)["reviews"][0]["comment"] == "not today"


def test_a_refusal_names_what_is_too_much(world: World) -> None:
    refused = world.liftgate(
        *("ada", "request", "s3://lakeside-payroll/2026/", "--write", "--for", "20m", *REASON)
    )
    assert refused.exit_code == ExitCode.REFUSED
    assert "lakeside-payroll" in refused.output
    assert "request id: " in refused.output
    too_long = ask(world, duration="3h")
    assert too_long.exit_code == ExitCode.REFUSED
    unknown = world.liftgate("ada", "request", Q3, "--action", "s3:PutObjct", "--for", "1m", *REASON)
    assert unknown.exit_code == ExitCode.USAGE
    assert "s3:PutObject" in unknown.output


@pytest.mark.parametrize(
    ("who", "words", "code"),
    [
        ("ada", ("show", "rq-0000000000000000"), ExitCode.NOT_FOUND),
        ("ada", ("show", "gr-0000000000000000"), ExitCode.NOT_FOUND),
        ("ada", ("credentials", "--grant", "gr-0000000000000000"), ExitCode.NOT_FOUND),
        ("ada", ("cancel", "rq-0000000000000000"), ExitCode.NOT_FOUND),
        ("ada", ("return", "gr-0000000000000000"), ExitCode.NOT_FOUND),
        ("ada", ("ledger", "verify"), ExitCode.REFUSED),
        ("grace", ("ledger", "verify"), ExitCode.OK),
        ("grace", ("ledger", "show"), ExitCode.OK),
        ("grace", ("ledger", "export"), ExitCode.OK),
        ("grace", ("grants", "--all"), ExitCode.OK),
        ("ada", ("grants", "--state", "returned"), ExitCode.OK),
        ("ada", ("catalogue",), ExitCode.OK),
        ("ada", ("whoami",), ExitCode.OK),
        ("linus", ("sign-in",), ExitCode.OK),
        ("linus", ("sign-out",), ExitCode.OK),
    ],
)
def test_every_command_reads_the_servers_answers(
    world: World, who: str, words: tuple[str, ...], code: ExitCode
) -> None:
    told = world.liftgate(who, *words)
    assert told.exit_code == code, told.output
    if "export" not in words:
        told = world.liftgate(
            who, *words, *(() if words[0] in {"credentials", "sign-out"} else ("--output", "json"))
        )
        assert told.exit_code == code, told.output


def test_an_export_is_verified_without_the_server(world: World) -> None:
    target = world.folder / "export.jsonl"
    exported = world.liftgate("grace", "ledger", "export", "--to", str(target))
    assert exported.exit_code == 0, exported.output
    verified = world.liftgate(
        "linus", "ledger", "verify", "--file", str(target), "--server", "http://127.0.0.1:9"
    )
    assert verified.exit_code == 0, verified.output
    assert "intact: " in verified.output


def test_without_the_server_a_session_at_hand_goes_on(world: World) -> None:
    grant = approved_grant(world)
    lent = world.liftgate("ada", "credentials", "--grant", grant)
    [session] = (world.folder / "home/ada/.cache/liftgate").glob(f"*.{grant}.session")
    head, _, rest = session.read_text(encoding="utf-8").partition("\n")
    session.write_text(f"{head.rpartition(' ')[0]} 1\n{rest}", encoding="utf-8")  # checked long ago
    world.stop_server()
    try:
        again = world.liftgate("ada", "credentials", "--grant", grant)
        assert again.exit_code == 0, again.output
        assert lent.output in again.output
        assert "going on with the session at hand" in again.output
        assert world.liftgate("ada", "status").exit_code == ExitCode.UNAVAILABLE
    finally:
        world.start_server()
    assert world.liftgate("ada", "return", grant).exit_code == 0


def test_a_guard_proves_that_a_revocation_bites_and_finds_nothing_to_repair(world: World) -> None:
    drilled = world.liftgate("grace", "doctor", "--revocation")
    assert drilled.exit_code == 0, drilled.output
    assert "reports-writer: a running session of" in " ".join(drilled.output.split())
    assert "All is well." in drilled.output
    reconciled = world.liftgate("grace", "doctor", "--reconcile")
    assert reconciled.exit_code == 0, reconciled.output
    refused = world.liftgate("ada", "doctor", "--revocation", "--entitlement", "reports-writer")
    assert "may not order a drill" in " ".join(refused.output.split())
    assert refused.exit_code != 0


def test_a_dry_run_tells_what_would_happen_and_sends_nothing(world: World) -> None:
    def mine() -> str:
        return re.sub(r"\S+ left", "left", world.liftgate("ada", "status").output)

    before = mine()
    told = ask(world, "--dry-run")
    assert told.exit_code == 0, told.output
    assert "it would wait for a review; nothing was sent" in told.output
    assert "characters" in told.output
    assert mine() == before
    refused = ask(world, "--dry-run", duration="11h")
    assert refused.exit_code == ExitCode.REFUSED
    assert "it would be refused" in refused.output


def test_less_is_approved_and_gone_on_from(world: World) -> None:
    asked = ask(world)
    approved = world.liftgate(
        *("grace", "review", "approve", asked.request_id, "--for", "10m", "--only", f"{Q3}north/")
    )
    assert approved.exit_code == 0, approved.output
    assert f"approved by Grace Hopper to write under {Q3}north/ for 10m" in approved.output
    grant = approved.grant_id
    place = f"{Q3}north/a.csv"
    used = world.liftgate("ada", "exec", "--grant", grant, "--", "aws", "s3", "cp", upload(world), place)
    assert used.exit_code == 0, used.output
    beyond = world.liftgate(
        *("ada", "exec", "--grant", grant, "--", "aws", "s3", "cp", upload(world), f"{Q3}south/a.csv")
    )
    assert "AccessDenied" in beyond.output
    more = world.liftgate("ada", "extend", grant, "--for", "5m", "--reason", "the north is not done yet")
    assert more.exit_code == 0, more.output
    assert f"from {grant}" in more.output
    assert f"{more.request_id} goes on from it" in world.liftgate("ada", "show", grant).output
    assert world.liftgate("ada", "return", grant).exit_code == 0


def test_a_reviewer_is_away_and_comes_back(world: World) -> None:
    assert "Nobody is away" in world.liftgate("grace", "away").output
    said = world.liftgate("grace", "away", "--until", "2099-01-01T00:00Z", "--delegate", "linus")
    assert said.exit_code == ExitCode.USAGE
    assert "longer than 90 days" in said.output
    missing = world.liftgate("grace", "away", "--delegate", "linus")
    assert missing.exit_code == ExitCode.USAGE
