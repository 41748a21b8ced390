"""The commands that are not played with the rest: why not, and by which test they are run or checked instead."""

import re
from dataclasses import dataclass
from typing import Final

from tests.docs.page_commands import WITH_PROMPT, Command, commands_of, pages

ANY_PAGE: Final = r".*"
_NOT_HERE: Final = "tests/docs/test_docs_not_here.py"
_DEPLOYED: Final = "tests/server/test_server_deployed.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotPlayed:
    """Commands, by their pages and their words; ``by`` is the test that runs them, or checks of them what can be checked."""

    pages: str
    words: str
    because: str
    by: str
    block: str | None = None  # only what stands in blocks of this language, and is not just named

    def holds(self, command: Command) -> bool:
        """Whether it is about this command."""
        if self.block is not None and command.block != self.block:
            return False
        return bool(
            re.fullmatch(self.pages, command.page) and re.fullmatch(self.words, command.text, re.DOTALL)
        )


RUN_ELSEWHERE: Final = (
    NotPlayed(
        pages=r"README\.md|docs/getting-started\.md",
        words=r".*",
        block=WITH_PROMPT,
        because="a session at a terminal, of which every line is compared",
        by="tests/docs/test_docs_sessions.py::test_sessions_show_the_true_output",
    ),
    NotPlayed(
        pages=r"docs/connect\.md",
        words=r".*",
        block=WITH_PROMPT,
        because="it begins with an account in which nothing is",
        by="tests/docs/test_docs_connect.py::test_the_page_leads_to_a_first_grant_and_its_settlement",
    ),
    NotPlayed(
        pages=ANY_PAGE,
        words=r"liftgate init( --out liftgate)?",
        because="it asks questions at a terminal",
        by="tests/cli/test_cli_init_terminal.py::test_what_the_account_holds_is_offered_and_enter_takes_it",
    ),
    NotPlayed(
        pages=r"docs/init\.md",
        words=r"liftgate init --out liftgate --proof .*",
        because="its output is compared to the letter",
        by="tests/cli/test_cli_init.py::test_the_command_on_the_page_says_what_the_page_says",
    ),
    NotPlayed(
        pages=r"docs/init\.md",
        words=r"diff -u",
        because="a form of output has its name",
        by="tests/cli/test_cli_init.py::test_a_second_run_shows_what_would_differ_and_writes_nothing",
    ),
    NotPlayed(
        pages=ANY_PAGE,
        words=r"liftgate login( --device)?",
        because="somebody must say yes in a browser",
        by="tests/cli/test_cli_login.py::test_a_login_shows_what_the_page_shows",
    ),
    NotPlayed(
        pages=ANY_PAGE,
        words=r"liftgate demo --check",
        because="it is the whole story, in a world of its own",
        by="tests/demo/test_demo_story.py::test_every_step_of_the_story_holds",
    ),
    NotPlayed(
        pages=r"docs/deploy-check\.md",
        words=r"liftgate deploy check /etc/.*",
        because="it wants an account with trail and queue as the files make them",
        by="tests/drift/test_drift_command.py::test_the_line_of_the_page_says_what_the_page_says",
    ),
    NotPlayed(
        pages=r"docs/pipelines\.md",
        words=r"server=.*",
        because="it signs in with a platform's token",
        by="tests/pipelines/test_pipelines_curl.py::test_the_script_of_the_page_asks_waits_and_has_credentials",
    ),
    NotPlayed(
        pages=r"docs/pipelines\.md",
        words=r"liftgate sign-in --token-file .*",
        because="it signs in with a platform's token",
        by="tests/pipelines/test_pipelines_cli.py::test_the_lines_of_the_page_sign_in",
    ),
    NotPlayed(
        pages=ANY_PAGE,
        words=r"liftgate (identities link --slack|slack link)",
        because="it wants a Slack",
        by="tests/cli/test_cli_commands.py::test_a_slack_user_is_linked_by_a_code_and_unlinked",
    ),
    NotPlayed(
        pages=ANY_PAGE,
        words=r"liftgate identities link --browser",
        because="it wants an OpenID provider",
        by="tests/cli/test_cli_commands.py::test_identities_are_listed_linked_and_unlinked",
    ),
    NotPlayed(
        pages=ANY_PAGE,
        words=r"liftgate identities link --aws PROFILE --with-code",
        because="its code is shown in a browser",
        by="tests/cli/test_cli_commands.py::test_an_aws_identity_signs_for_the_server_and_the_code",
    ),
    NotPlayed(
        pages=ANY_PAGE,
        words=r"liftgate serve( --settings FILE)?",
        because="played with the page that leads to a first grant",
        by="tests/docs/test_docs_connect.py::test_the_page_leads_to_a_first_grant_and_its_settlement",
    ),
    NotPlayed(
        pages=r"examples/deploy/.*/cloudformation/README\.md",
        words=r"aws cloudformation deploy .*",
        because="each sample has an AWS of its own",
        by="tests/docs/test_docs_samples.py::test_each_line_of_a_samples_readme_makes_its_stack",
    ),
    NotPlayed(
        pages=ANY_PAGE,
        words=r"systemd-analyze security",
        because="played with the unit",
        by=f"{_DEPLOYED}::test_systemd_finds_little_that_the_unit_leaves_open",
    ),
    NotPlayed(
        pages=ANY_PAGE,
        words=r"(pip|pipx|uv pip) install .*|uvx .*",
        because="packages are fetched for it: make installs",
        by="tests/install/test_install_typed.py::test_each_line_that_installs_brings_what_it_says",
    ),
    NotPlayed(
        pages=r"docs/running\.md",
        words=r"(python3 -m venv /opt/|systemctl ).*",
        because="it wants a machine that systemd has begun: make installs",
        by="tests/install/test_install_systemd.py::test_the_service_is_installed_as_the_page_says_and_does_its_work",
    ),
    NotPlayed(
        pages=r"examples/deploy/.*/terraform/README\.md",
        words=r"terraform (init|plan|apply)",
        because="it takes minutes: make terraform",
        by="tests/deployment/test_deployment_terraform.py::test_each_line_of_a_samples_readme_makes_what_is_planned",
    ),
    NotPlayed(
        pages=ANY_PAGE,
        words=r"make demo( .*)?",
        because="it installs all that the demo needs: make installs",
        by="tests/install/test_install_demo.py::test_make_demo_plays_the_story_where_nothing_is_installed",
    ),
    NotPlayed(
        pages=r"deploy/container/Containerfile",
        words=r"(python -m pip wheel|podman (build|run)) .*",
        because="it wants podman and a base image: make installs",
        by="tests/install/test_install_container.py::test_the_image_is_built_as_the_file_says_and_does_its_work",
    ),
    NotPlayed(
        pages=ANY_PAGE,
        words=r"aws (cloudtrail list-public-keys|iam enable-outbound-web-identity-federation).*",
        because="the embedded AWS has no such call",
        by=f"{_NOT_HERE}::test_what_the_embedded_aws_does_not_have_is_asked_for_as_aws_answers_it",
    ),
)

CANNOT_BE_RUN: Final = (
    NotPlayed(
        pages=ANY_PAGE,
        words=r"make \w+( .*)?",
        because="a test that ran all tests would never end; what `docs` and `lock` write is held against what there is",
        by=f"{_NOT_HERE}::test_make_knows_each_target",
    ),
)
NOT_PLAYED: Final = (*RUN_ELSEWHERE, *CANNOT_BE_RUN)


def left_to(test: str) -> list[Command]:
    """The commands that the table leaves to a test, each once; ``test`` is named as there."""
    own = [one for one in NOT_PLAYED if one.by == test]
    found = [one for page in pages() for one in commands_of(page) if any(entry.holds(one) for entry in own)]
    assert found, test
    return list({one.text: one for one in found}.values())
