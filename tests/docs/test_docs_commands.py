"""Every command of every page that people write is run, or stands in a table that says why it is not, and which test runs it."""

import shutil

import pytest
from tests.docs.docs_stage import Stage
from tests.docs.named import lacks, named_only
from tests.docs.named_tests import functions_in
from tests.docs.not_played import NOT_PLAYED, NotPlayed
from tests.docs.page_commands import ROOT, Command, commands_of, pages
from tests.docs.shown import assert_shows
from tests.docs.stands_for import own

FROM_DEBIAN = {"jq", "openssl", "sqlite3"}  # the Makefile installs them
ALL = [command for page in pages() for command in commands_of(page)]
TYPED = {command.text for command in ALL if command.typed}


def played(command: Command) -> bool:
    """Whether it is for the stage: nothing says otherwise, and no page has it as a line to type that this one names."""
    return not any(one.holds(command) for one in NOT_PLAYED) and (command.typed or command.text not in TYPED)


PLAYED = [command for command in ALL if played(command)]


@pytest.mark.slow
@pytest.mark.xdist_group("docs-stage")
@pytest.mark.parametrize("page", dict.fromkeys(command.page for command in PLAYED))
def test_each_command_of_the_page_does_what_the_page_says(page: str, stage: Stage) -> None:
    stage.open_page(page)
    for command in [one for one in PLAYED if one.page == page]:
        if named := [] if command.typed else named_only(command.text):
            assert not any(map(lacks, named)), (
                f"{command}: no command of Liftgate is called so, or has such options"
            )
            continue
        program = command.text.split()[0]
        if program in FROM_DEBIAN and not shutil.which(program):
            pytest.skip(f"NOT TYPED from {command} on: install Debian's package `{program}`")
        ran = stage.type(command, own(stage, command.text))
        assert ran.exit_code == 0, f"{command}\nas {ran.command}\nended with {ran.exit_code}: {ran.output}"
        if command.shown:
            assert_shows(command.shown, ran.output, str(command), elsewhere=True)


@pytest.mark.parametrize("one", NOT_PLAYED, ids=lambda one: f"{one.pages} {one.words}")
def test_what_is_not_played_is_on_a_page_and_has_a_test_of_its_own(one: NotPlayed) -> None:
    assert any(one.holds(command) for command in ALL), "no page has it any more: take it out of the table"
    file, _, test = one.by.partition("::")
    assert test in functions_in(ROOT / file)


def test_the_pages_are_read() -> None:
    assert len(ALL) > 250
    assert len(PLAYED) > 90
