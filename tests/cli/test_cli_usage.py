"""What was typed and cannot be read: one error, for people or, where `--output json` asks for it, for programs."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.cli.conftest import Said

Run = Callable[..., Said]


def told(said: Said) -> Any:
    assert (said.code, said.out) == (2, "")
    [line] = said.err.splitlines()
    return json.loads(line)


@pytest.mark.parametrize(
    ("words", "detail", "advice"),
    [
        (("status", "--output", "json", "--prot"), "no such option `--prot`", "liftgate status --help"),
        (("status", "--prot", "--output=json"), "no such option `--prot`", "liftgate status --help"),
        (("--output", "json", "status", "--prot"), "no such option `--prot`", "liftgate status --help"),
        (("grants", "--output", "json", "--limit"), "requires an argument", "liftgate grants --help"),
        (("grants", "--output=table", "--output", "json", "--limit"), "requires", "liftgate grants --help"),
        (("show", "--output", "json"), "missing argument", "liftgate show --help"),
        (("revoke", "gr-0000000000000001", "--output", "json"), "missing option", "liftgate revoke --help"),
        (("grants", "--limit", "x", "--output", "json"), "invalid value", "liftgate grants --help"),
        (("--output", "json", "statsu"), "did you mean `status`?", "liftgate --help"),
        (("--output", "json", "ledger"), "missing command", "liftgate ledger --help"),
        (("--output", "json", "watch", "--once"), "--once needs --backfill", "liftgate watch --help"),
    ],
    ids=str,
)
def test_programs_get_the_same_object_as_of_other_errors(
    liftgate: Run, words: tuple[str, ...], detail: str, advice: str
) -> None:
    fault = told(liftgate(*words))
    assert detail in fault["detail"]
    assert (fault["code"], fault["advice"], fault["exit_code"]) == ("bad_command_line", advice, 2)
    other = json.loads(liftgate("status", "--output", "json").err)  # nobody said where the server is
    assert fault.keys() == other.keys()


@pytest.mark.parametrize(
    "words",
    [
        ("status", "--prot"),
        ("status", "--output", "yaml"),
        ("status", "--output"),
        ("status", "--output", "json", "--output", "table", "--prot"),
        ("status", "--prot", "--", "--output", "json"),  # which is no option there
        ("watch", "--output", "json"),  # which has no such option
    ],
    ids=" ".join,
)
def test_people_get_a_sentence_and_the_next_step(liftgate: Run, words: tuple[str, ...]) -> None:
    said = liftgate(*words)
    assert (said.code, said.out) == (2, "")
    sentence, step = said.err.splitlines()
    assert sentence.startswith("liftgate: ")
    assert step == f"next: liftgate {words[0]} --help"
