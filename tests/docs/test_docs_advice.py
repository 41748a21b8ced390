"""What the pages say that the program says, when something does not work, it says; and each option that they name there is."""

import re
from typing import Final

import click
import pytest
from tests.docs.docs_stage import Q3, REASON, Stage
from tests.docs.furniture import WITH_TICKET
from tests.docs.page_commands import ROOT, pages, prose_spans

from liftgate.cli.app import root
from liftgate.errors import LiftgateError
from liftgate.identity import errors

ASK: Final = f"request {Q3} --write --reason {REASON}"
# How each is provoked of which docs/asking.md says what to do.
PROVOKED: Final = (
    f"request s3://lakeside-payroll/2026/ --write --for 20m --reason {REASON}",
    f"{ASK} --for 3h",
    f"request {WITH_TICKET} --entitlement ledgers-writer --write --for 20m --reason {REASON}",
    f"{ASK} --for 20m",
)
OTHER_PROGRAMS: Final = {
    "--aws-sigv4": "curl",
    "--expires-in": "aws s3 presign",
    "--no-execute-changeset": "aws cloudformation deploy",
    "--require-hashes": "pip",
    "--universal": "uv",
}


@pytest.mark.slow
@pytest.mark.xdist_group("docs-stage")
def test_each_answer_that_the_page_for_askers_explains_is_given(stage: Stage) -> None:
    page = (ROOT / "docs/asking.md").read_text(encoding="utf-8").partition("## Why not?")[2]
    explained = re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE)
    stage.open_page("docs/asking.md")
    said = [stage.run("ada", f"liftgate {line}").output for line in PROVOKED]
    stage.tamper()
    said.append(stage.run("ada", f"liftgate {ASK} --for 2m").output)
    said = [" ".join(one.split()) for one in said]
    for words in explained:
        pattern = ".*".join(map(re.escape, words.split("…")))
        assert [bool(re.search(pattern, one)) for one in said].count(True) == 1, f"{words}\n{said}"
    assert len(explained) == len(said)


@pytest.mark.slow
@pytest.mark.xdist_group("docs-stage")
def test_the_page_that_leads_to_a_first_grant_says_where_to_look(stage: Stage) -> None:
    page = (ROOT / "docs/connect.md").read_text(encoding="utf-8")
    stage.open_page("docs/connect.md")
    settlement = stage.say("ada", f"settlement {stage.grant()}")
    assert "While it is `open`, it says `not before`" in page
    assert re.search(r"^gr-\w+  open\n.* not before \S+\.$", settlement, re.MULTILINE)
    assert "`liftgate doctor --all` says at `watch` when `events last came`" in page
    assert re.search(
        r"^ok    watch +events last came \S+ ago", stage.say("grace", "doctor --all"), re.MULTILINE
    )
    assert (
        "`address already in use`, `--port 0`" in page
    )  # tests/server/test_server_command.py takes the port
    assert "a session's name `proves nobody`" in page  # tests/cli/test_cli_init_terminal.py makes such a role


def test_each_refusal_of_a_link_that_the_page_explains_is_one() -> None:
    page = (
        (ROOT / "docs/sign-in.md").read_text(encoding="utf-8").partition("| what is said | what to do |")[2]
    )
    explained = re.findall(r"^\| `(\w+)` \|", page.partition("\n## ")[0], re.MULTILINE)
    refusals = {
        one.code for one in vars(errors).values() if isinstance(one, type) and issubclass(one, LiftgateError)
    }
    assert len(explained) == 6
    assert set(explained) <= refusals


@pytest.mark.slow
def test_each_option_that_a_sentence_names_is_one() -> None:
    known = {option for command in _commands(root) for one in command.params for option in one.opts}
    named = [(page, word) for page in pages() for span in prose_spans(page) for word in _options(span)]
    assert len(named) > 60
    assert [one for one in named if one[1] not in known | {"--help"} | OTHER_PROGRAMS.keys()] == []
    assert OTHER_PROGRAMS.keys() <= {word for _, word in named}


def _options(span: str) -> list[str]:
    return re.findall(r"(?<!\S)--[a-z][a-z0-9-]*", span) if span.startswith("--") else []


def _commands(command: click.Command) -> list[click.Command]:
    if not isinstance(command, click.Group):
        return [command]
    context = click.Context(command)
    inner = [command.get_command(context, name) for name in command.list_commands(context)]
    return [command, *(one for each in inner if each for one in _commands(each))]
