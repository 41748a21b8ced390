"""``liftgate deploy``: files for AWS, without a server."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conftest import Said

from liftgate.cli.exit_code import ExitCode

CATALOGUE = Path(__file__).parents[2] / "examples" / "catalogue"
FOLDER = CATALOGUE.parent / "catalogue-folder"
Liftgate = Callable[..., Said]


@pytest.fixture
def deploy(liftgate: Liftgate, tmp_path: Path) -> Liftgate:
    """Writes CloudFormation of the sample catalogue, with more words on the command line."""

    def run(*words: str) -> Said:
        return liftgate(
            "deploy",
            "cloudformation",
            str(CATALOGUE),
            "--region",
            "eu-central-1",
            "--out",
            str(tmp_path / "aws"),
            *words,
        )

    return run


def test_the_files_are_written_and_the_next_step_and_the_price_are_named(
    deploy: Liftgate, tmp_path: Path
) -> None:
    said = deploy()
    assert said.code == ExitCode.OK
    assert (tmp_path / "aws" / "account-111122223333" / "elevated-roles.yaml").exists()
    assert "a month at 1,000,000 calls" in said.out
    assert "Not counted: management events" in said.out
    assert f"next: read {tmp_path}/aws/README.md" in said.out + said.err


def test_a_second_run_changes_nothing_and_a_change_only_what_it_touches(deploy: Liftgate) -> None:
    assert len(deploy("--output", "json").json["new"]) == 8
    again = deploy("--output", "json").json
    assert (again["new"], again["changed"], len(again["same"])) == ([], [], 8)
    reads = deploy("--output", "json", "--reads").json
    assert reads["changed"] == ["README.md", "account-111122223333/watch.yaml"]


def test_a_file_of_an_earlier_run_is_named_and_left(deploy: Liftgate, tmp_path: Path) -> None:
    deploy()
    said = deploy("--queue", "arn:aws:sqs:eu-central-1:111122223333:events", "--trail-bucket", "logs")
    assert "watch.yaml is of an earlier run" in said.err
    assert (tmp_path / "aws" / "account-111122223333" / "watch.yaml").exists()


def test_what_somebody_else_wrote_is_never_overwritten(deploy: Liftgate, tmp_path: Path) -> None:
    (tmp_path / "aws").mkdir()
    (tmp_path / "aws" / "README.md").write_text("ours\n")
    said = deploy()
    assert said.code == ExitCode.CONFLICT
    assert [path.name for path in (tmp_path / "aws").rglob("*")] == ["README.md"]
    assert (tmp_path / "aws" / "README.md").read_text() == "ours\n"


def test_of_several_accounts_one_is_to_be_named(liftgate: Liftgate, tmp_path: Path) -> None:
    said = liftgate(
        "deploy",
        "cloudformation",
        str(FOLDER),
        "--region",
        "eu-central-1",
        "--out",
        str(tmp_path / "aws"),
        "--output",
        "json",
    )
    assert said.code == ExitCode.USAGE
    assert "deploy_account_unclear" in said.err + said.out


def test_other_accounts_of_an_organization_are_a_file_each_with_stack_sets(
    liftgate: Liftgate, tmp_path: Path
) -> None:
    words = ["cloudformation", str(FOLDER), "--region", "eu-central-1", "--account", "111122223333"]
    out = ["--out", str(tmp_path / "aws"), "--output", "json"]
    folders = liftgate("deploy", *words, *out).json["new"]
    assert [path for path in folders if path.startswith("account-444455556666/")]
    sets = liftgate("deploy", *words, *out, "--stack-set").json
    assert sets["new"] == ["stack-set-444455556666.yaml"]
    assert sets["left"] == [path for path in folders if path.startswith("account-444455556666/")]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--broker", "liftgate"), "`liftgate` is not the ARN of a user or role"),
        (("--trail-key", "arn:aws:kms:eu-central-1:111122223333:alias/logs"), "is not the ARN of a KMS key"),
        (("--dead-letter-queue", "arn:aws:sqs:eu-central-1:111122223333:dead"), "without its queue"),
        (
            ("--baseline-user", "arn:aws:iam::111122223333:user/ada"),
            "--baseline-user is given without --baseline",
        ),
        (("--baseline", "Everyday"), "nobody may take up `Everyday`"),
        (("--account", "12"), "`12` is not an account"),
        (("--stack-set",), "the catalogue names no account but the broker's"),
    ],
)
def test_an_option_that_names_nothing_is_refused_before_anything_is_written(
    deploy: Liftgate, tmp_path: Path, words: tuple[str, ...], sentence: str
) -> None:
    said = deploy(*words)
    assert said.code == ExitCode.USAGE
    assert sentence in said.err
    assert not (tmp_path / "aws").exists()


def test_json_has_the_price_as_text(deploy: Liftgate) -> None:
    found = json.loads(deploy("--output", "json", "--events", "0").out)
    assert found["prices_of"] == "March 2026"
    assert float(found["dollars_a_month"]) < 2
    assert found["not_counted"]


def test_the_group_says_which_of_its_commands_calls_aws(liftgate: Liftgate) -> None:
    told = " ".join(liftgate("deploy", "--help").out.split())
    assert "Nothing at AWS is changed." in told
    assert "`check` reads there" in told
    assert "Nothing at AWS is called" not in told
