"""Single steps of the conversation, by what is typed."""

import io
from collections.abc import Callable, Mapping

import click
import pytest

from liftgate.cli.questioning import ask_all, prompt
from liftgate.setup.account import Account, FoundRole
from liftgate.setup.model import Draft

GIVEN = {
    "proof": ("local",),
    "region": ("us-east-1",),
    "account": ("111122223333",),
    "holder": ("ada",),
    "location": ("s3://reports/",),
    "action": ("write",),
    "reviewer": ("grace",),
    "longest": ("1h",),
}

Ask = Callable[..., Draft]


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Ask:
    """The draft of options without some of them, and of what is typed instead."""

    def run(typed: str, *, without: str, account: Account | None = None, **more: tuple[str, ...]) -> Draft:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        given: Mapping[str, tuple[str, ...]] = {**GIVEN, **more, without: ()}
        return ask_all(given, account or Account(), {})

    return run


def role(name: str) -> FoundRole:
    return FoundRole(name=name, arn=f"arn:aws:iam::111122223333:role/{name}", id="AROA", trust="{}")


def test_the_only_bucket_is_offered_and_its_prefix_asked_for(ask: Ask) -> None:
    account = Account(buckets=("only",))
    assert ask("\n\n", without="location", account=account).locations == ("s3://only/",)
    assert ask("\n/2026\n", without="location", account=account).locations == ("s3://only/2026/",)
    assert ask("\n2026/*.csv\n", without="location", account=account).locations == ("s3://only/2026/*.csv",)


def test_places_are_chosen_by_number_by_name_and_in_full(ask: Ask) -> None:
    account = Account(buckets=("first", "second"))
    typed = "2, s3://third/a/ fourth\n\nx/\n"
    assert ask(typed, without="location", account=account).locations == (
        "s3://second/",
        "s3://third/a/",
        "s3://fourth/x/",
    )


def test_what_is_beyond_the_list_is_no_number(ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    account = Account(buckets=tuple(f"bucket-{number}" for number in range(30)))
    with pytest.raises(click.Abort):
        ask("21\n\n", without="location", account=account)
    shown = capsys.readouterr().err
    assert "  20  bucket-19\n      and 10 more, which can be written\n" in shown
    assert "location: " in shown


def test_enter_is_no_answer_where_nothing_is_offered(ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask("\n\nlinus\n", without="reviewer").reviewers[0].id == "linus"
    assert capsys.readouterr().err.count("There is nothing to offer here") == 2


def test_the_role_that_the_caller_holds_is_offered_where_several_only_read(ask: Ask) -> None:
    held = "arn:aws:sts::111122223333:assumed-role/TeamReadOnly/ada"
    roles = (role("Admin"), role("OtherReadOnly"), role("TeamReadOnly"))
    by_aws = {"proof": ("aws",), "without": "baseline"}
    account = Account(roles=roles, caller_arn=held)
    assert ask("\n", account=account, **by_aws).baseline == "TeamReadOnly"
    assert ask("\n1\n", account=Account(roles=roles), **by_aws).baseline == "Admin"


def test_what_comes_from_aws_cannot_write_to_the_terminal(
    ask: Ask, capsys: pytest.CaptureFixture[str]
) -> None:
    account = Account(buckets=("a\x1b[2Jb",))
    with pytest.raises(click.Abort):
        ask("", without="location", account=account)
    assert "\x1b" not in capsys.readouterr().err


def test_the_end_of_the_input_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("half a li"))
    with pytest.raises(click.Abort):
        prompt("region", "us-east-1")
