"""Folders of log files for tests of the replay."""

import gzip
import json
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

from tests.watch.watch_examples import record

from liftgate.watch.known import Known
from liftgate.watch.log_files import log_files
from liftgate.watch.look import Hit
from liftgate.watch.replay import LookAt, Summary, in_turn, replay
from liftgate.watch.rules.load import load_rulebook
from liftgate.watch.seen_events import SeenEvents


def numbered(number: int, operation: str = "PutObject", **changed: Any) -> dict[str, Any]:
    """A record with an id of its own."""
    return record(operation, **{"eventID": f"00000000-0000-4000-8000-{number:012}", **changed})


def written(path: Path, records: Iterable[Any]) -> Path:
    """A log file, packed where its name says so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"Records": list(records)}).encode()
    path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)
    return path


def replayed(
    *paths: Path,
    known: Known,
    look_at: LookAt = in_turn,
    by_anyone: bool = False,
    seen: SeenEvents | None = None,
) -> tuple[list[Hit], Summary]:
    """All hits, and the summary."""
    summary, rules = Summary(), partial(load_rulebook, without_store=by_anyone)
    return list(replay(log_files(paths), known, rules, summary, look_at=look_at, seen=seen)), summary
