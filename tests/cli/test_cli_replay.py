"""``liftgate replay``: files in, what was found out, and an exit code that says so."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conftest import Said
from tests.watch.digest_examples import Trail, keys_text
from tests.watch.replay_examples import numbered, written
from tests.watch.watch_examples import ROLE, known

from liftgate.watch.known_text import known_text

Liftgate = Callable[..., Said]
REAL = Path(__file__).parent.parent / "data" / "cloudtrail"
HOSTILE = "\x1b[2J\u202e\x00=cmd\x7f"


@pytest.fixture
def grants(tmp_path: Path) -> Path:
    path = tmp_path / "grants.json"
    path.write_text(known_text(known()))
    return path


def test_a_strangers_own_files_say_something_at_once(liftgate: Liftgate) -> None:
    said = liftgate("replay", str(REAL))
    assert said.code == 1
    assert "user/christophe" in said.out
    assert "DeleteTrail" in said.out
    assert "35 files, 310 events, 0 set aside; found: " in said.out
    assert "No grant is known" in said.out
    assert f"next: liftgate replay {REAL} --grants FILE --catalogue FILE" in said.out
    assert said.err == ""


def test_nothing_found(liftgate: Liftgate, tmp_path: Path, grants: Path) -> None:
    logs = written(tmp_path / "logs" / "a.json.gz", [numbered(1)])
    said = liftgate("replay", str(logs), "--grants", str(grants))
    assert (said.code, said.out, said.err) == (0, "1 file, 1 event, 0 set aside; nothing found.\n", "")


def test_a_call_outside_its_grant(liftgate: Liftgate, tmp_path: Path, grants: Path) -> None:
    logs = written(
        tmp_path / "logs" / "a.json",
        [numbered(number, requestParameters={"bucketName": "reports", "key": f"{number}/x"}) for number in range(30)],
    )  # fmt: skip
    said = liftgate("replay", str(logs), "--grants", str(grants))
    assert said.code == 1
    assert "ann (gr-0123456789abcdef)" in said.out
    assert "that AWS allowed: s3:PutObject on arn:aws:s3:::reports/0/x was not granted" in " ".join(
        said.out.split()
    )
    assert said.out.count("PutObject ") + said.out.count("PutObject\n") < 12  # rows, not a row a call
    assert "found: 30 high" in said.out


def test_an_elevated_role_of_the_catalogue_without_a_grant(liftgate: Liftgate, tmp_path: Path) -> None:
    grants = tmp_path / "known.json"
    grants.write_text(json.dumps({"elevated_roles": [ROLE]}))
    logs = written(tmp_path / "logs" / "a.json", [numbered(1)])
    said = liftgate("replay", str(logs), "--grants", str(grants))
    assert said.code == 1
    assert "An elevated role was used without a grant" in " ".join(said.out.split())


def test_what_cannot_be_read_is_said_and_is_not_nothing(
    liftgate: Liftgate, tmp_path: Path, grants: Path
) -> None:
    written(tmp_path / "logs" / "a.json", [numbered(1), {"eventID": HOSTILE}])
    (tmp_path / "logs" / "b.json.gz").write_bytes(b"\x1f\x8bnonsense")
    said = liftgate("replay", str(tmp_path / "logs"), "--grants", str(grants))
    assert said.code == 2
    assert "2 set aside" in said.out
    assert "a.json, record 2: " in said.err
    assert "b.json.gz: the gzip is damaged" in said.err


@pytest.mark.parametrize("form", ["json", "ocsf", "asff", "table"])
def test_nothing_that_was_written_into_a_record_reaches_the_terminal_as_more_than_text(
    liftgate: Liftgate, tmp_path: Path, grants: Path, form: str
) -> None:
    written(
        tmp_path / "logs" / f"{form}.json",
        [
            numbered(
                1,
                requestParameters={"bucketName": HOSTILE, "key": HOSTILE},
                userAgent=HOSTILE,
                eventName=HOSTILE,
                errorCode=HOSTILE,
            ),
            numbered(2, eventTime=HOSTILE),
        ],
    )
    said = liftgate("replay", str(tmp_path / "logs"), "--grants", str(grants), "--output", form)
    assert said.code == 1
    for text in (said.out, said.err):
        assert not set("\x1b\u202e\x00\x7f") & set(text)
    if form != "table":
        assert all(isinstance(json.loads(line), dict) for line in said.out.splitlines())


def test_json_ends_with_a_summary(liftgate: Liftgate, tmp_path: Path, grants: Path) -> None:
    outside = {"bucketName": "reports", "key": "x"}
    logs = written(tmp_path / "a.json", [numbered(1), numbered(1), numbered(2, requestParameters=outside), 7])
    lines = liftgate("--output", "json", "replay", str(logs), "--grants", str(grants)).out.splitlines()
    finding, aside, summary = map(json.loads, lines)
    assert (finding["kind"], finding["rule"]) == ("finding", "outside-scope-done")
    assert (aside["kind"], aside["where"]) == ("set_aside", f"{logs}, record 4")
    assert summary["kind"] == "summary"
    assert (summary["events"], summary["copies"], summary["set_aside"]) == (2, 1, 1)
    assert summary["findings"]["high"] == 1
    assert summary["verdicts"] == {"expected": 1, "outside_scope": 1}


def test_ocsf_tells_each_call_once(liftgate: Liftgate) -> None:
    lines = [json.loads(line) for line in liftgate("replay", str(REAL), "--output", "ocsf").out.splitlines()]
    calls = [one["metadata"]["uid"] for one in lines if one["class_uid"] == 6003]
    assert len(calls) == len(set(calls))
    assert {one["class_uid"] for one in lines} == {2004, 6003}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere.json"], "no such file"),
        (["{empty}"], "there are no log files"),
        (["{logs}", "--grants", "nowhere.json"], "cannot be read"),
        (["{logs}", "--grants", "{logs}"], "known grants cannot be read"),
        (["{logs}", "--catalogue", "nowhere.yaml"], "catalogue"),
        ([], "PATH"),
        (["{logs}", "--output", "xml"], "xml"),
    ],
)
def test_faults_are_told_and_end_with_2(
    liftgate: Liftgate, tmp_path: Path, words: list[str], said: str
) -> None:
    (tmp_path / "empty").mkdir()
    places = {"empty": tmp_path / "empty", "logs": written(tmp_path / "logs" / "a.json", [numbered(1)])}
    told = liftgate("replay", *(word.format(**places) for word in words))
    assert told.code == 2
    assert said in told.err
    assert "next:" in told.err


@pytest.fixture
def trail(tmp_path: Path) -> Path:
    """A folder as it was copied from a trail's bucket."""
    made = Trail()
    for _ in range(3):
        made.hour()
    for place, data in made.objects.items():
        (tmp_path / "trail" / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "trail" / place).write_bytes(data)
    (tmp_path / "keys.json").write_bytes(keys_text())
    return tmp_path / "trail"


def test_verified_files(liftgate: Liftgate, trail: Path, grants: Path) -> None:
    words = ["replay", str(trail), "--grants", str(grants), "--verify", str(trail.parent / "keys.json")]
    said = liftgate(*words)
    assert "Verified: 2 digests and 4 log files are as CloudTrail wrote them; not proved" in said.out
    summary = json.loads(liftgate(*words, "--output", "json").out.splitlines()[-1])
    assert (summary["verified"]["digests"], summary["verified"]["log_files"]) == (2, 4)
    assert summary["set_aside"] == 0
    assert summary["digests"] == 3


def test_a_log_file_that_was_removed(liftgate: Liftgate, trail: Path, grants: Path) -> None:
    next(trail.glob("AWSLogs/*/CloudTrail/*/*/*/*/*.gz")).unlink()
    said = liftgate(
        "replay", str(trail), "--grants", str(grants), "--verify", str(trail.parent / "keys.json")
    )
    assert said.code == 1
    assert "critical" in said.out
    assert "A log file is missing" in " ".join(said.out.split())
