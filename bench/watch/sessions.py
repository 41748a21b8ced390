"""What a call costs to attribute and judge where many sessions are known, and what memory a replay takes."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from bench.effort import Effort
from bench.figure import Amount, Figure, compared, plain
from bench.measure import interleave, timed
from bench.watch.workload import known_grants, write_log_files
from liftgate.watch.attribution import attribute
from liftgate.watch.event import Event
from liftgate.watch.known import Known
from liftgate.watch.log_files import log_files
from liftgate.watch.reading import read
from liftgate.watch.verdict import judge

_FEW, _MANY = 100, 100_000
_EVENTS: Final = 5_000
_LARGE: Final = 50_000_000  # bytes of JSON in a file: CloudTrail's largest
_FILES: Final = 40
_PROGRAM: Final = """
import json, re, sys
from pathlib import Path
from bench.watch.workload import known_grants
from liftgate.watch.log_files import log_files
from liftgate.watch.reading import read
from liftgate.watch.replay import Summary, replay
from liftgate.watch.rules.load import load_rulebook
from liftgate.watch.seen_on_disk import seen_on_disk
files = log_files([Path(sys.argv[1])])[: int(sys.argv[2])]
summary = Summary()
with seen_on_disk() as seen:
    for _ in replay(files, known_grants(1000), load_rulebook, summary, seen=seen):
        pass
kilobytes = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
print(json.dumps([summary.events, int(kilobytes[1]) * 1024]))
"""


def run(effort: Effort) -> Figure:
    """Both on the same calls; memory in processes of their own."""
    few, many = known_grants(_FEW), known_grants(_FEW, also=_MANY - _FEW)
    with tempfile.TemporaryDirectory() as name:
        write_log_files(Path(name), events=_EVENTS, grants=_FEW, files=1)
        events = _events(Path(name))
    samples = interleave(
        {"few": timed(lambda: _judged(events, few)), "many": timed(lambda: _judged(events, many))},
        rounds=effort.rounds(100),
        warm_up=3,
    )
    reference = plain(f"{_EVENTS:,} events, {_FEW} live sessions", samples["few"])
    return Figure(
        title="Many sessions, and large files",
        how=(
            f"{_EVENTS:,} events in memory, attributed one by one and judged, with {_FEW} and with {_MANY:,} grants and sessions "
            f"known. Memory is the largest RSS of a process that replays gzip files of {_LARGE // 10**6} MB of JSON each."
        ),
        rows=(
            reference,
            compared(f"{_EVENTS:,} events, {_MANY:,} live sessions", samples["many"], reference, bar=1.15),
        ),
        amounts=tuple(_memory(effort)),
    )


def _events(folder: Path) -> list[Event]:
    [file] = log_files([folder])
    return list(read(file.data(), file.name).events)


def _judged(events: list[Event], known: Known) -> int:
    return sum(bool(judge(event, attribute(event, known)).because) for event in events)


def _memory(effort: Effort) -> list[Amount]:
    files = 4 if effort.is_quick else _FILES
    with tempfile.TemporaryDirectory() as name:
        size = write_log_files(Path(name), events=files * _LARGE // 1_870, grants=1_000, files=files)
        return [_of(name, size, files, some) for some in (2, files // 2, files)]


def _of(folder: str, size: int, files: int, some: int) -> Amount:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, folder, str(some)], check=True, capture_output=True, text=True
    )
    events, most = json.loads(done.stdout)
    return Amount(
        what=f"RSS, {size * some / files / 1e9:.1f} GB of JSON in {some} files, {events:,} events",
        amount=f"{most / 1e6:.0f} MB",
    )
