"""`liftgate init` where nobody sits: every answer is an option."""

import re
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conftest import Said

from liftgate.catalogue.parse import load_catalogue
from liftgate.server.settings import load_settings

Run = Callable[..., Said]

ACCOUNT = "111122223333"
KEY = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/0d1f8a5e-9c3b-4b55-8a55-2f4d7c1e9a10"
PLACE = ("--region", "eu-central-1", "--account", ACCOUNT, "--location", "s3://reports/2026/")
BY_AWS = (
    *("--proof", "aws", "--baseline", "ReadOnly"),
    *PLACE,
    *("--holder", "Ada", "--holder", f"grace=arn:aws:iam::{ACCOUNT}:user/grace", "--reviewer", "linus"),
)
BY_OIDC = (
    *("--proof", "oidc", "--issuer", "https://idp.example.com", "--client-id", "liftgate"),
    *PLACE,
    *("--holder", "ada=00u1", "--reviewer", "linus=00u2"),
)
BY_NAME = ("--proof", "local", *PLACE, "--holder", "ada", "--reviewer", "linus")


def init(liftgate: Run, home: Path, *words: str) -> Said:
    return liftgate("init", "--out", str(home / "set-up"), *words)


@pytest.mark.parametrize("answers", [BY_AWS, BY_OIDC, BY_NAME])
def test_what_is_written_has_no_fault(liftgate: Run, home: Path, answers: tuple[str, ...]) -> None:
    said = init(liftgate, home, *answers)
    catalogue, settings = home / "set-up" / "catalogue.yaml", home / "set-up" / "server.toml"
    assert (said.code, said.err) == (0, "")
    assert liftgate("catalogue", "check", str(catalogue)).code == 0
    assert liftgate("config", "check", "--settings", str(settings)).code == 0
    assert load_settings(settings).catalogue == (catalogue,)
    assert load_settings(settings).aws_region == "eu-central-1"
    assert settings.stat().st_mode & 0o077 == 0
    assert f" liftgate deploy cloudformation {catalogue} --region eu-central-1 --out " in said.out


def test_the_last_screen_is_the_whole_road_and_each_step_of_it_can_be_taken(
    liftgate: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    said = init(liftgate, home, *BY_AWS, "--output", "json").json
    settings = home / "set-up" / "server.toml"
    steps = [shlex.split(step, comments=True) for step in said["next"]]
    assert [" ".join(words[:2]) if words[0] != "liftgate" else _command(words) for words in steps] == [
        "config check",
        "deploy cloudformation",
        f"less {home}/set-up/aws/README.md",
        "deploy check",
        "sed -i.bak",
        "doctor --server-side",
        "serve --settings",
        "doctor --all",
    ]
    for words in steps:
        if words[0] == "less":
            assert Path(words[1]).exists()
        elif words[0] == "sed":
            subprocess.run(words, check=True)
        elif _command(words) in {"config check", "deploy cloudformation"}:
            assert liftgate(*words[1:]).code == 0
        else:  # these need an account or a server: they are at least no faults of the command line
            assert "bad_command_line" not in liftgate(*words[1:], "--help").err
    assert liftgate(*steps[0][1:]).code == 0
    told = load_settings(settings)
    assert told.watch_queue_url
    assert told.watch_dead_letter_queue_url
    assert told.watch_trail_bucket


def _command(words: list[str]) -> str:
    return " ".join(words[1:3])


def test_the_catalogue_says_what_was_answered(liftgate: Run, home: Path) -> None:
    init(liftgate, home, *BY_AWS, "--location", "s3://other/", "--action", "tag", "--action", "delete")
    catalogue = load_catalogue([home / "set-up" / "catalogue.yaml"])
    assert catalogue.identities == {
        f"aws:arn:aws:sts::{ACCOUNT}:assumed-role/ReadOnly/Ada": "ada",
        f"aws:arn:aws:iam::{ACCOUNT}:user/grace": "grace",
        f"aws:arn:aws:sts::{ACCOUNT}:assumed-role/ReadOnly/linus": "linus",
    }
    assert [
        (
            one.name,
            one.role_arn,
            sorted(one.requesters),
            sorted(place.object_arn for place in one.ceiling.locations),
        )
        for one in catalogue.entitlements.values()
    ] == [
        (
            "reports-tag",
            f"arn:aws:iam::{ACCOUNT}:role/liftgate/reports-tag",
            ["ada", "grace"],
            ["arn:aws:s3:::reports/2026/*"],
        ),
        (
            "other-tag",
            f"arn:aws:iam::{ACCOUNT}:role/liftgate/other-tag",
            ["ada", "grace"],
            ["arn:aws:s3:::other/*"],
        ),
    ]
    assert "s3:DeleteObject" in catalogue.entitlements["reports-tag"].ceiling.actions


def test_a_key_of_one_bucket_is_in_no_other_ceiling(liftgate: Run, home: Path) -> None:
    init(liftgate, home, *BY_AWS, "--location", "s3://other/", "--kms-key", f"reports={KEY}")
    found = load_catalogue([home / "set-up" / "catalogue.yaml"]).entitlements
    assert {name: one.ceiling.kms_keys for name, one in found.items()} == {
        "reports-write": {KEY},
        "other-write": frozenset(),
    }


def test_buckets_whose_long_names_begin_alike_have_entitlements_of_their_own(
    liftgate: Run, home: Path
) -> None:
    alike = [f"s3://{'b' * 62}{last}/" for last in "xyz"]
    words = [word for place in alike for word in ("--location", place)]
    assert init(liftgate, home, *BY_AWS, *words).code == 0
    names = load_catalogue([home / "set-up" / "catalogue.yaml"]).entitlements
    assert len(names) == 4
    assert max(map(len, names)) == 64


def test_sign_in_by_name_and_by_provider_stand_in_the_settings(liftgate: Run, home: Path) -> None:
    init(liftgate, home, *BY_OIDC)
    oidc = load_settings(home / "set-up" / "server.toml").oidc
    assert oidc is not None
    assert (oidc.issuer, oidc.client_id) == ("https://idp.example.com", "liftgate")
    liftgate("init", "--out", str(home / "local"), *BY_NAME)
    assert load_settings(home / "local" / "server.toml").local_sign_in
    assert load_catalogue([home / "local" / "catalogue.yaml"]).identities == {}


def test_what_deploy_makes_for_events_stands_in_the_settings_as_a_comment(liftgate: Run, home: Path) -> None:
    init(liftgate, home, *BY_AWS)
    catalogue, settings = home / "set-up" / "catalogue.yaml", home / "set-up" / "server.toml"
    words = ("--region", "eu-central-1", "--out", str(home / "aws"))
    assert liftgate("deploy", "cloudformation", str(catalogue), *words).code == 0
    guide = (home / "aws" / "README.md").read_text(encoding="utf-8")
    said = re.findall("^watch_.*$", guide, re.MULTILINE)
    assert len(said) == 3
    assert re.findall("^# (watch_.* = .*)$", settings.read_text(encoding="utf-8"), re.MULTILINE) == said


def test_every_missing_option_is_named(liftgate: Run, home: Path) -> None:
    said = init(liftgate, home, "--proof", "aws", "--region", "eu-central-1")
    assert said.code == 2
    assert "`--account`, `--baseline`, `--holder`, `--location`, `--reviewer` are missing" in said.err
    assert "there is no terminal to ask at" in said.err
    assert not (home / "set-up").exists()


@pytest.mark.parametrize(
    ("option", "answer", "says"),
    [
        ("--proof", "sso", "`sso` is no proof of identity"),
        ("--region", "eu-centra-1", "did you mean `eu-central-1`?"),
        ("--account", "1234", "`1234` is not an account id"),
        ("--account", '12"', "is not an account id"),
        ("--baseline", "Read Only", "is not a role's ARN"),
        ("--baseline", f"arn:aws:iam::{ACCOUNT}:user/ada", "is not a role's ARN"),
        ("--holder", "!ada", "`!ada` is not a person's id"),
        ("--holder", "ada=bob", "`ada` is named twice, by different identities"),
        ("--holder", "liftgate", "is what the ledger calls Liftgate itself"),
        ("--holder", "bob=", "names nobody after the `=`"),
        ("--holder", "bob\nguards: [bob]", "holds a character that does not show"),
        ("--holder", "requesters", "next: rename it here\n"),
        ("--location", "reports", "write `s3://reports`"),
        ("--location", "s3://Reports/", "--location: "),
        ("--kms-key", "alias/reports", "is not the ARN of a KMS key"),
        ("--kms-key", f"other={KEY}", "nothing is asked for in `other`"),
        ("--action", "wrte", "did you mean `write`?"),
        ("--action", "s3:PutBucketPolicy*", "--action: "),
        ("--longest", "13h", "at most `12h`"),
        ("--longest", "20", "say the unit"),
        ("--issuer", "https://idp.example.com", "--issuer says nothing with this --proof"),
    ],
)
def test_an_answer_is_refused_by_the_parsers_of_the_files(
    liftgate: Run, home: Path, option: str, answer: str, says: str
) -> None:
    said = init(liftgate, home, *BY_AWS, option, answer)
    assert said.code == 2
    assert says in said.err
    assert option in said.err
    assert not (home / "set-up").exists()


@pytest.mark.parametrize("reviewers", [["grace"], ["Ada", "ada"]])
def test_nobody_would_answer_a_request_of_their_own(liftgate: Run, home: Path, reviewers: list[str]) -> None:
    words = [word for reviewer in reviewers for word in ("--reviewer", reviewer)]
    by_others = (*BY_AWS[: BY_AWS.index("--reviewer")], *words)
    said = init(liftgate, home, *by_others)
    assert said.code == 2
    assert "nobody reviews a request of their own" in said.err


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ((*BY_OIDC, "--holder", "bob"), "write `bob=SUBJECT`"),
        ((*BY_OIDC, "--issuer", "http://idp.example.com"), "--issuer: "),
        ((*BY_OIDC, "--client-id", "a b"), "--client-id: "),
        ((*BY_OIDC, "--holder", "bob=00u1"), "have the same identity"),
        ((*BY_NAME, "--holder", "bob=00u1"), "`bob` signs in by that name alone"),
        ((*BY_NAME, "--baseline", "ReadOnly"), "--baseline says nothing"),
    ],
)
def test_people_are_named_as_their_proof_wants(
    liftgate: Run, home: Path, answers: tuple[str, ...], says: str
) -> None:
    said = init(liftgate, home, *answers)
    assert said.code == 2
    assert says in said.err


@pytest.mark.parametrize("answers", [(*BY_AWS, "--kms-key", KEY), BY_OIDC, BY_NAME])
def test_the_command_in_the_catalogue_gives_the_same_files(
    liftgate: Run, home: Path, answers: tuple[str, ...]
) -> None:
    init(liftgate, home, *answers)
    text = (home / "set-up" / "catalogue.yaml").read_text()
    command = re.search("^#   liftgate (init .*)$", text, re.MULTILINE)
    assert command is not None
    said = liftgate(*shlex.split(command[1]), "--out", str(home / "set-up"))
    assert said.code == 0
    assert said.out.startswith(f"same  {home}/set-up/catalogue.yaml\nsame  ")


def test_a_second_run_shows_what_would_differ_and_writes_nothing(liftgate: Run, home: Path) -> None:
    init(liftgate, home, *BY_AWS)
    folder = home / "set-up"
    (folder / "server.toml").unlink()
    before = (folder / "catalogue.yaml").read_bytes()
    said = init(liftgate, home, *BY_AWS, "--longest", "2h")
    assert said.code == 7
    assert "-    longest: 1h\n+    longest: 2h\n" in said.out
    assert "--- /dev/null\n+++ server.toml\n" in said.out
    assert (folder / "catalogue.yaml").read_bytes() == before
    assert [one.name for one in folder.iterdir()] == ["catalogue.yaml"]
    assert init(liftgate, home, *BY_AWS, "--longest", "2h", "--output", "json").json["written"] == []


def test_what_others_put_into_the_settings_is_not_shown(liftgate: Run, home: Path) -> None:
    init(liftgate, home, *BY_OIDC)
    settings = home / "set-up" / "server.toml"
    settings.write_text(
        settings.read_text()
        .replace('"liftgate"\n', '"other" # s3cret-1\nclient_secret = "s3cret-2"\n')
        .replace("aws_region", '--s3cret-3\nwebhooks = [\n  "s3cret-4"]\n# s3cret-5\naws_region')
    )
    said = init(liftgate, home, *BY_OIDC)
    assert said.code == 7
    assert "s3cret" not in said.out + said.err
    assert '-client_id = "other" \n-client_secret = …\n+client_id = "liftgate"\n' in said.out


def test_a_link_that_leads_nowhere_is_not_written_through(liftgate: Run, home: Path) -> None:
    folder = home / "set-up"
    folder.mkdir()
    (folder / "server.toml").symlink_to(home / "elsewhere")
    assert init(liftgate, home, *BY_AWS).code == 7
    assert not (home / "elsewhere").exists()
    assert not (folder / "catalogue.yaml").exists()


def test_a_folder_that_cannot_be_made_is_a_fault_in_words(liftgate: Run, home: Path) -> None:
    (home / "set-up").write_text("a file")
    said = liftgate("init", "--out", str(home / "set-up" / "deeper"), *BY_AWS)
    assert said.code == 4
    assert "cannot be written" in said.err


def test_the_command_on_the_page_says_what_the_page_says(
    liftgate: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home)
    page = (Path(__file__).parents[2] / "docs" / "init.md").read_text()
    shown = (
        page.partition("## Without a terminal")[2].partition("```console\n$ liftgate ")[2].partition("```")[0]
    )
    command, _, output = shown.replace("\\\n", "").partition("\n")
    assert liftgate(*shlex.split(command)).out == output
