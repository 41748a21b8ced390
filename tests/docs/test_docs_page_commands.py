"""How commands are found on a page: none is passed over in silence."""

import pytest
from tests.docs.page_commands import commands_in

PAGE = "docs/page.md"


def found(text: str, page: str = PAGE) -> list[tuple[int, str, bool]]:
    return [(one.line, one.text, one.typed) for one in commands_in(page, text)]


def test_after_a_prompt_stands_a_command_and_then_what_it_prints() -> None:
    [one, other] = commands_in(PAGE, "```console\n$ a --b \\\n    c\nsaid\n\nmore\n# d\n```\n")
    assert (one.line, one.text, one.shown) == (2, "a --b c", "said\n\nmore")
    assert (other.line, other.text, other.shown) == (7, "d", "")


def test_each_line_for_a_shell_is_a_command_and_a_script_is_one() -> None:
    assert found("```sh\na\nb \\\n  c\n```\n```bash\nd\ne\n```\n") == [
        (2, "a", True),
        (3, "b c", True),
        (7, "d\ne", True),
    ]


def test_an_indented_block_that_begins_with_a_program_is_typed() -> None:
    assert found("So:\n\n    liftgate a\n    liftgate b\n\n    no program\n") == [
        (3, "liftgate a", True),
        (4, "liftgate b", True),
    ]


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("say `liftgate show X` now", "liftgate show X"),
        ("say `liftgate show\n  X`", "liftgate show X"),
        ("| `liftgate a\\|b` |", "liftgate a|b"),
        ("`unheard-of --option`", "unheard-of --option"),
        ("`/opt/liftgate/bin/liftgate serve`", "/opt/liftgate/bin/liftgate serve"),
        ("`AWS_PROFILE=x liftgate status`", "AWS_PROFILE=x liftgate status"),
    ],
)
def test_a_sentence_names_a_command(text: str, command: str) -> None:
    assert found(f"# Title\n\n{text}\n") == [(3, command, False)]


@pytest.mark.parametrize(
    "text",
    ["`liftgate`", "`--for`", "`liftgate init` in ``", "`/liftgate link CODE`", "`s3:Get*`", "a liftgate b"],
)
def test_what_is_no_command_is_none(text: str) -> None:
    assert [one for one in found(text) if one[1] != "liftgate init"] == []


def test_comments_of_what_is_deployed_hold_commands() -> None:
    text = "# Built so:\n#\n#   podman run \\\n#     image\n# A key: openssl rand -hex 8\nFROM x\n"
    assert found(text, "deploy/file") == [(3, "podman run image", True), (5, "openssl rand -hex 8", True)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("```fish\na\n```\n", "page.md:2: nobody said whether a block of `fish`"),
        ("```\n$ a\n```\n", "page.md:2: a command stands in a block"),
        ("```text\nliftgate a\n```\n", "page.md:2: a command stands in a block"),
        ("```console title\n$ a\n```\n", "page.md:2: nobody said"),
        ("~~~fish\na\n~~~\n", "page.md:2: nobody said"),
        ("```console\n$ a\n", "page.md: a block has no end"),
        ("```console\na\n```\n", "page.md:2: a block for a terminal begins without a prompt"),
    ],
)
def test_what_could_hide_a_command_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        commands_in(PAGE, text)
