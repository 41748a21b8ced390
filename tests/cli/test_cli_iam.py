"""``liftgate iam``: no server, no account; files or JSON Lines in, answers out."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Said

Liftgate = Callable[..., Said]

READ: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"},
}
WRITE = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Put*", "Resource": "*"}}
NEVER = {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}
OPEN = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"},
}
GET: dict[str, Any] = {
    "action": "s3:GetObject",
    "resource": "arn:aws:s3:::b/k",
    "principal": None,
    "context": {},
}
MANY_DIGITS = "1" * 5_000
NO_CONTEXTS: list[Any] = [[], "", 0, False, "x", [{}]]


def carrying(context: Any) -> dict[str, Any]:
    return {"request": {**GET, "context": context}, "identity": [READ]}


@pytest.fixture
def ask(liftgate: Liftgate, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Any]]:
    """Puts lines on stdin, and gives the answers back, one a line; the exit code is the last."""

    def put(*words: str, lines: list[Any]) -> list[Any]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(_written(lines)), encoding="latin-1"))
        said = liftgate("iam", *words)
        return [*map(json.loads, said.out.splitlines()), said.code]

    return put


def _written(lines: list[Any]) -> bytes:
    return b"".join(_bytes(line) + b"\n" for line in lines)


def _bytes(line: Any) -> bytes:
    if isinstance(line, bytes):
        return line
    return (line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)).encode()


def test_evaluate_answers_each_line_in_order(ask: Callable[..., list[Any]]) -> None:
    lines = [
        {"request": GET, "identity": [READ]},
        {"request": GET, "identity": [READ, NEVER], "id": 7},
        {"request": GET, "identity": [READ], "boundary": WRITE, "session": None},
        {"request": GET, "identity": [READ], "scps": [[READ], [WRITE]], "rcps": [[OPEN]]},
        {"request": GET},
    ]
    *answers, code = ask("evaluate", lines=lines)
    assert code == 0
    assert [(one["decision"], one["refused_by"]) for one in answers] == [
        ("allow", None),
        ("explicit_deny", "identity"),
        ("implicit_deny", "boundary"),
        ("implicit_deny", "scp"),
        ("implicit_deny", "identity"),
    ]
    assert answers[1]["id"] == 7
    assert answers[3]["because"] == [
        {
            "wall": "scp",
            "why": "silent",
            "level": 1,
            "says": "the service control policy at level 2 says nothing of this action on this resource",
        }
    ]


def test_evaluate_names_the_condition_that_was_missing(ask: Callable[..., list[Any]]) -> None:
    limited = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Own",
                "Effect": "Allow",
                "Action": "s3:*",
                "Resource": "*",
                "Condition": {"StringEquals": {"aws:PrincipalTag/team": "blue"}},
            }
        ],
    }
    (answer, code) = ask("evaluate", lines=[{"request": GET, "identity": [limited]}])
    assert (answer["decision"], code) == ("implicit_deny", 0)
    (reason,) = answer["because"]
    assert reason["condition"] == {"operator": "StringEquals", "key": "aws:PrincipalTag/team"}
    assert (reason["why"], reason["sid"], reason["statement"]) == ("key_missing", "Own", 0)


@pytest.mark.parametrize(
    ("line", "at"),
    [
        ("{", "column"),
        ("[]", "line 2"),
        ("NaN", "line 2"),
        ({"identity": [READ]}, "$"),
        ({"request": {"action": "s3:GetObject"}}, "$.request.resource"),
        ({"request": GET, "sesion": []}, "$.sesion"),  # a wall that is misspelt is not left out
        ({"request": GET, "identity": READ}, "$.identity"),
        ({"request": GET, "identity": [{"Statement": {"Effect": "Allow"}}]}, "$.identity[0].Statement"),
        ({"request": GET, "scps": [READ]}, "$.scps[0]"),
        ({"request": GET, "resource_account": "1"}, "$.resource_account"),
        ({"request": {**GET, "context": {"aws:x": {}}}}, "$.request.context.aws:x"),
        ({"request": {**GET, "context": {"aws:x": "1", "AWS:X": "2"}}}, "$.request.context.AWS:X"),
        ('{"request": 1, "request": 2}', "request"),
        ('{"request": %s}' % ("[" * 100_000), "line 2"),
        (f'{{"request": {{}}, "id": {MANY_DIGITS}}}', "line 2"),
        (f'{{"request": {{}}, "id": -{MANY_DIGITS}}}', "line 2"),
        ('{"request": {}, "id": 1e999}', "line 2"),
        (f'{{"request": {{}}, "identity": [{{"Statement": {MANY_DIGITS}}}]}}', "line 2"),
        (b'{"request": "\xff"}', "line 2, byte 14"),
        (b'{"request": "\xed\xa0\x80"}', "line 2, byte 14"),  # half of a surrogate pair
        *((carrying(none), "$.request.context") for none in NO_CONTEXTS),
    ],
)
def test_a_bad_line_is_answered_and_the_rest_goes_on(
    ask: Callable[..., list[Any]], line: Any, at: str
) -> None:
    good = {"request": GET, "identity": [READ]}
    first, bad, last, code = ask("evaluate", lines=[good, line, good])
    assert first["decision"] == last["decision"] == "allow"
    assert set(bad) == {"error", "at"}
    assert bad["at"].startswith("line 2")
    assert at in bad["at"]
    assert code == 2


def test_a_bad_line_of_a_file_is_answered_and_the_rest_goes_on(liftgate: Liftgate, tmp_path: Path) -> None:
    good = {"request": GET, "identity": [READ]}
    file = tmp_path / "lines.jsonl"
    file.write_bytes(_written([good, b'{"id": "\xc3"}', good]))
    said = liftgate("iam", "evaluate", str(file))
    first, bad, last = map(json.loads, said.out.splitlines())
    assert first["decision"] == last["decision"] == "allow"
    assert bad == {"error": "this line is not UTF-8; write it in UTF-8", "at": "line 2, byte 9"}
    assert said.code == 2


def test_lines_are_utf_8_whatever_the_terminal_is_set_to(ask: Callable[..., list[Any]]) -> None:
    request = {**GET, "resource": "arn:aws:s3:::b/é/→"}
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b/?/?"}
    policy = {"Version": "2012-10-17", "Statement": statement}
    answer, code = ask("evaluate", lines=[{"request": request, "identity": [policy], "id": "é"}])
    assert (answer["decision"], answer["id"], code) == ("allow", "é", 0)


@pytest.mark.parametrize("command", ["contains", "compile", "explain", "lint"])
def test_no_line_ends_the_other_commands_either(ask: Callable[..., list[Any]], command: str) -> None:
    bad = [f'{{"id": {MANY_DIGITS}}}', b'{"id": "\xff"}', "{"]
    *answers, code = ask(command, lines=bad)
    assert [set(one) for one in answers] == [{"error", "at"}] * 3
    assert code == 2


def test_a_number_of_many_digits_in_a_policy_is_no_end(ask: Callable[..., list[Any]]) -> None:
    statement = {**READ["Statement"], "Condition": {"NumericLessThan": {"s3:max-keys": "MANY"}}}
    text = json.dumps({"Statement": statement}).replace('"MANY"', MANY_DIGITS)
    for command in ("explain", "lint"):
        of_object, of_text, code = ask(command, lines=[f'{{"policy": {text}}}', {"policy": text}])
        assert "5,000 digits" in of_object["error"]
        assert "30 at most" in of_text["error"]  # no number that is compared is as long
        assert code == 2


def test_no_context_is_an_empty_one(ask: Callable[..., list[Any]]) -> None:
    *answers, code = ask("evaluate", lines=[carrying(None), carrying({})])
    assert [(one["decision"]) for one in answers] == ["allow", "allow"]
    assert code == 0


def test_a_policy_s_file_must_be_utf_8_and_no_flood(liftgate: Liftgate, tmp_path: Path) -> None:
    odd, flood = tmp_path / "odd.json", tmp_path / "flood.json"
    odd.write_bytes(b'{"Statement": "\xff"}')
    flood.write_bytes(b" " * 5_000_000)
    assert "not UTF-8" in liftgate("iam", "explain", str(odd)).err
    assert "more than 4,000,000 bytes" in liftgate("iam", "lint", str(flood)).err


def long_policy(characters: int, **more: Any) -> dict[str, Any]:
    names = [f"arn:aws:s3:::b/{number:040}" for number in range(characters // 58)]
    statement = {
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": [*names, "arn:aws:s3:::b/k"],
        **more,
    }
    return {"Version": "2012-10-17", "Statement": statement}


def test_policies_are_as_long_as_aws_holds_them_anywhere(ask: Callable[..., list[Any]]) -> None:
    of_aws = long_policy(21_000)
    of_key = long_policy(24_000, Principal={"AWS": "111122223333"})
    by_arn = long_policy(2_700)
    asked = {"request": {**GET, "principal": "arn:aws:iam::111122223333:user/ada"}, "identity": [of_aws]}
    lines = [
        asked | {"session": [by_arn], "boundary": of_aws, "resource_policy": of_key},
        asked | {"identity": [json.dumps(of_aws, indent=2)]},
        asked | {"scps": [[of_aws]]},
        asked | {"resource_policy": long_policy(34_000, Principal="*")},
    ]
    held, spaced, of_organization, of_nothing, code = ask("evaluate", lines=lines)
    assert held["decision"] == spaced["decision"] == "allow"
    assert "AWS takes 10,240 for a service control policy" in of_organization["error"]
    assert of_organization["at"] == "line 3, $.scps[0][0]"
    assert "AWS takes 32,768 for a KMS key's policy" in of_nothing["error"]
    assert code == 2


def test_lint_says_what_is_too_long_for_most(ask: Callable[..., list[Any]]) -> None:
    *answers, code = ask(
        "lint", "--kind", "session", lines=[{"policy": long_policy(n)} for n in (1_900, 2_700)]
    )
    short, long = ([one["code"] for one in answer["lints"]] for answer in answers)
    assert (short, long, code) == ([], ["too-long"], 0)


def test_an_object_is_as_long_as_it_need_be(ask: Callable[..., list[Any]]) -> None:
    policy = {**READ, "Id": ""}
    policy["Id"] = "é" * (2_048 - len(json.dumps(policy, separators=(",", ":"))))
    answer, code = ask("lint", "--kind", "session", lines=[{"policy": policy}])
    assert "too-long" not in {one["code"] for one in answer["lints"]}
    assert code == 0


def test_what_a_repeated_key_hides_is_no_answer(ask: Callable[..., list[Any]]) -> None:
    hidden = '{"request": %s, "identity": [{"Statement": {"Effect": "Deny", "Effect": "Allow", "Action": "*", "Resource": "*"}}]}'
    bad, code = ask("evaluate", lines=[hidden % json.dumps(GET)])
    assert "`Effect` stands in one object twice" in bad["error"]
    assert code == 2


def test_evaluate_reads_files(liftgate: Liftgate, tmp_path: Path) -> None:
    one = tmp_path / "one.jsonl"
    one.write_text(json.dumps({"request": GET, "identity": [READ]}) + "\n\n{\n", encoding="utf-8")
    said = liftgate("iam", "evaluate", str(one), str(one))
    decisions = [json.loads(line) for line in said.out.splitlines()]
    assert [line.get("decision") for line in decisions] == ["allow", None, "allow", None]
    assert decisions[1]["at"] == f"{one}, line 3, column 2"
    assert said.code == 2
    assert liftgate("iam", "evaluate", str(tmp_path / "none")).code == 2


def test_contains_says_yes_no_and_shows_a_request(liftgate: Liftgate, tmp_path: Path) -> None:
    read, write = tmp_path / "read.json", tmp_path / "all.json"
    read.write_text(json.dumps(READ), encoding="utf-8")
    write.write_text(json.dumps({"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}))
    yes = liftgate("iam", "contains", str(read), str(write))
    assert (yes.code, yes.out) == (0, "yes\n")
    no = liftgate("iam", "contains", str(write), str(read), "--output", "json")
    assert (no.code, no.json["contains"]) == (1, "no")
    witness = no.json["witness"]
    assert not witness["action"].startswith("s3:Get")
    assert liftgate("iam", "contains", str(read)).code == 2


def test_contains_answers_lines(ask: Callable[..., list[Any]]) -> None:
    *answers, code = ask("contains", lines=[{"a": READ, "b": WRITE}, {"a": READ, "b": READ}, {"a": READ}])
    assert [one.get("contains") for one in answers] == ["no", "yes", None]
    assert answers[2]["at"] == "line 3, $.b"
    assert code == 2


def test_compile_writes_a_policy_that_evaluate_agrees_with(
    liftgate: Liftgate, ask: Callable[..., list[Any]]
) -> None:
    said = liftgate(
        "iam", "compile", "s3://reports/2026/", "--action", "write",
        "--start", "2026-11-24T09:00Z", "--for", "20m",
    )  # fmt: skip
    assert said.code == 0
    policy = json.loads(said.out)
    put = {"action": "s3:PutObject", "resource": "arn:aws:s3:::reports/2026/a"}
    moments = ["2026-11-24T08:59:59Z", "2026-11-24T09:00:00Z", "2026-11-24T09:19:59Z", "2026-11-24T09:20:00Z"]
    lines = [
        {"request": {**put, "context": {"aws:CurrentTime": moment}}, "identity": [policy]}
        for moment in moments
    ]
    *answers, _ = ask("evaluate", lines=lines)
    assert [one["decision"] == "allow" for one in answers] == [False, True, True, False]


def test_compile_answers_lines(ask: Callable[..., list[Any]]) -> None:
    window = {"starts_at": "2026-11-24T09:00Z", "ends_at": "2026-11-24T10:00Z"}
    scope = {"actions": ["write"], "locations": ["s3://reports/2026/"]}
    good, late, none, code = ask(
        "compile", lines=[scope | window, scope | {**window, "ends_at": "2026-11-24T09:00Z"}, window]
    )
    assert json.loads(good["policy"])["Statement"]
    assert good["characters"] == len(good["policy"]) <= good["largest"]
    assert "ends before it starts" in late["error"]
    assert none["at"] == "line 3, $.actions"
    assert code == 2


def test_compile_says_what_is_missing(liftgate: Liftgate) -> None:
    assert "--action write" in liftgate("iam", "compile", "s3://b/", "--for", "1h").err
    assert "--for 20m" in liftgate("iam", "compile", "s3://b/", "--action", "write").err
    assert "s3://reports/2026/" in liftgate("iam", "compile", "--action", "write").err


def test_explain_speaks_in_sentences_and_of_changes(
    liftgate: Liftgate, ask: Callable[..., list[Any]], tmp_path: Path
) -> None:
    read, both = tmp_path / "read.json", tmp_path / "both.json"
    read.write_text(json.dumps(READ), encoding="utf-8")
    both.write_text(json.dumps({**READ, "Statement": [READ["Statement"], WRITE["Statement"]]}))
    assert liftgate("iam", "explain", str(read)).out.startswith("- ")
    assert "adds" in liftgate("iam", "explain", str(both), "--against", str(read)).out
    one, two, code = ask("explain", lines=[{"policy": READ}, {"before": WRITE, "after": READ}])
    assert one["says"]
    assert any("removes" in sentence for sentence in two["says"])
    assert code == 0


def test_lint_finds_faults_and_says_so_with_its_exit_code(
    liftgate: Liftgate, ask: Callable[..., list[Any]], tmp_path: Path
) -> None:
    bad, good = tmp_path / "bad.json", tmp_path / "good.json"
    bad.write_text(
        json.dumps({**READ, "Statement": {"Effect": "Allow", "Action": "s3:PutObjekt", "Resource": "*"}})
    )
    good.write_text(
        json.dumps(
            {
                **READ,
                "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"},
            }
        )
    )
    said = liftgate("iam", "lint", str(bad), str(good))
    assert said.code == 1
    assert "s3:PutObject" in said.out
    assert f"{good}: nothing found" in said.out
    assert liftgate("iam", "lint", str(good), "--output", "json").json["lints"] == []
    answer, code = ask(
        "lint", lines=[{"policy": {**READ, "Statement": {**READ["Statement"], "Action": "s3:Gett*"}}}]
    )
    assert answer["lints"]
    assert code == 0


def test_nothing_of_a_policy_reaches_the_terminal_as_an_instruction(
    liftgate: Liftgate, tmp_path: Path
) -> None:
    evil = tmp_path / "evil.json"
    evil.write_text(
        json.dumps(
            {
                **READ,
                "Statement": {
                    "Effect": "Allow",
                    "Action": "s3:GetObject",
                    "Resource": "arn:aws:s3:::b/\x1b[2J\u202e",
                },
            }
        )
    )
    for words in (["lint"], ["explain"], ["contains", str(evil)]):
        said = liftgate("iam", *words, str(evil))
        assert "\x1b[2J" not in said.out + said.err
        assert "\u202e" not in said.out + said.err
