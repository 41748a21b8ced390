"""How long a replay takes, against programs that do less: one that only parses, and a plain loop with ten rules."""

import gzip
import json
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import orjson
from isal import isal_zlib

from bench.effort import Effort
from bench.figure import Figure, faster, plain
from bench.measure import interleave, timed
from bench.watch.workload import known_grants, write_log_files
from liftgate.watch.known import Known
from liftgate.watch.log_files import LogFile, log_files
from liftgate.watch.replay import LookAt, Summary, in_turn, replay
from liftgate.watch.rules.load import load_rulebook
from liftgate.watch.scoped import forget_allowed
from liftgate.watch.two_processes import with_two_processes

_EVENTS: Final = 50_000
_GRANTS: Final = 1_000
_FILES: Final = 20
_ONLY_PARSED, _TEN_RULES = "isal + orjson that only parses", "gzip + json with ten rules"
_ONE, _TWO = "`replay`, one process", "`replay`, two processes"


def run(effort: Effort) -> Figure:
    """All turn by turn, on the same files."""
    events = effort.size(_EVENTS)
    known = known_grants(_GRANTS)
    with tempfile.TemporaryDirectory() as name:
        size = write_log_files(Path(name), events=events, grants=_GRANTS, files=_FILES)
        files = log_files([Path(name)])
        found = {replayed(files, known, look_at) for look_at in (in_turn, with_two_processes)}
        assert len(found) == 1, "one process and two must find the same"
        samples = interleave(
            {
                _ONLY_PARSED: timed(lambda: only_parsed(files)),
                _TEN_RULES: timed(lambda: with_ten_rules(files)),
                _ONE: timed(lambda: replayed(files, known, in_turn)),
                _TWO: timed(lambda: replayed(files, known, with_two_processes)),
            },
            rounds=effort.rounds(20),
            warm_up=1,
        )
    parsed, looped = plain(_ONLY_PARSED, samples[_ONLY_PARSED]), plain(_TEN_RULES, samples[_TEN_RULES])
    return Figure(
        title="Replaying CloudTrail",
        how=(
            f"{events:,} events, {size / 1e6:.0f} MB of JSON in {_FILES} gzip files: six of ten under one of {_GRANTS:,} known "
            "grants, one in two hundred of those outside its scope; the rest by roles that none of them concerns. `replay` attributes "
            "each call, judges it, applies the rules and counts copies once, from the files to the findings, with nothing kept "
            "from the round before; with two processes, starting the second counts. The others know no grant and judge nothing: "
            "one unpacks and parses, one also holds each event against ten comparisons of strings."
        ),
        rows=(
            parsed,
            faster(_TWO, samples[_TWO], parsed, bar=1.2),
            looped,
            faster(_ONE, samples[_ONE], looped, bar=1.8),
        ),
    )


def replayed(files: Sequence[LogFile], known: Known, look_at: LookAt) -> tuple[int, int]:
    """Events and findings, from the files, with nothing kept from an earlier replay."""
    forget_allowed()
    summary = Summary()
    for _ in replay(files, known, load_rulebook, summary, look_at=look_at):
        pass
    return summary.events, summary.findings


def only_parsed(files: Iterable[LogFile]) -> int:
    """What any program must do at the least."""
    return sum(len(orjson.loads(isal_zlib.decompress(file.data(), wbits=31))["Records"]) for file in files)


def with_ten_rules(files: Iterable[LogFile]) -> int:
    """What people write when they need it once."""
    found = 0
    for file in files:
        for event in json.loads(gzip.decompress(file.data()))["Records"]:
            found += sum(bool(rule(event)) for rule in RULES)
    return found


def _role(event: dict[str, Any]) -> str:
    issuer = event["userIdentity"].get("sessionContext", {}).get("sessionIssuer", {})
    return str(issuer.get("arn", ""))


RULES: Final[tuple[Callable[[dict[str, Any]], object], ...]] = (
    lambda event: event.get("errorCode") == "AccessDenied",
    lambda event: event["eventName"] in {"PutBucketPolicy", "PutBucketAcl", "DeleteBucketPolicy"},
    lambda event: event["eventName"] in {"StopLogging", "DeleteTrail", "PutEventSelectors"},
    lambda event: event["eventSource"] == "iam.amazonaws.com" and not event.get("readOnly"),
    lambda event: event["eventName"] == "AssumeRole" and "liftgate" in str(event.get("requestParameters")),
    lambda event: "liftgate" in _role(event) and "gr-" not in event["userIdentity"].get("principalId", ""),
    lambda event: event["eventName"] == "DeleteObjects",
    lambda event: event["userIdentity"].get("type") == "Root",
    lambda event: not event.get("sourceIPAddress", "").startswith("10."),
    lambda event: (
        "liftgate" in _role(event)
        and not (event.get("requestParameters") or {}).get("key", "2026/").startswith("2026/")
    ),
)
