"""What ``liftgate replay`` does: reads, judges, and says what was found in the form that was asked for."""

import json
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, Final

from liftgate.cli.errors import BadValue
from liftgate.cli.progress import progress
from liftgate.cli.replay_logs import Logs, find_logs
from liftgate.cli.replay_proof import Proof
from liftgate.cli.replay_table import Groups, counted, say_groups
from liftgate.cli.terminal import say, say_next, warn
from liftgate.clock import system_clock
from liftgate.plain_text import plain_json
from liftgate.watch.digest_keys import read_keys
from liftgate.watch.finding import Severity
from liftgate.watch.known import KnownInMemory, known_in_memory
from liftgate.watch.known_text import read_known
from liftgate.watch.log_kinds import Span
from liftgate.watch.look import Hit
from liftgate.watch.outputs.asff import security_finding
from liftgate.watch.outputs.ocsf import api_activity, detection_finding
from liftgate.watch.outputs.plain import finding_json, set_aside_json
from liftgate.watch.replay import Summary, in_turn, replay
from liftgate.watch.rules.load import load_rulebook
from liftgate.watch.rules.rulebook import Rulebook
from liftgate.watch.seen_on_disk import seen_on_disk
from liftgate.watch.two_processes import with_two_processes

_TOLD: Final = 5  # things set aside that are told one by one; --output json tells more


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaying:
    """One run of the command."""

    paths: tuple[Path | str, ...]  # text: a place in S3
    grants: Path | None
    catalogue: Path | None
    keys: Path | None
    span: Span
    rules: tuple[Path, ...] = ()

    def say(self, form: str) -> Summary:
        """Do it, and print what was found. Raises ``Invalid``."""
        known = self._known()
        keys = None if self.keys is None else read_keys(_contents(self.keys), where=str(self.keys))
        logs = find_logs(self.paths, self.span)
        groups, summary, proof = Groups(), Summary(), None if keys is None else Proof(logs, keys)
        # The threads that fetch cannot be shared with another process.
        look_at = in_turn if logs.buckets else with_two_processes
        size = sum(file.size for file in logs.files)
        with progress(size, sys.stderr, system_clock) as shown, seen_on_disk() as seen:
            hits = _fetched(
                logs,
                replay(
                    logs.files,
                    known,
                    self._rulebook(known),
                    summary,
                    look_at=look_at,
                    seen=seen,
                    on_file=lambda file: shown.advance(file.size),
                ),
            )
            hits = hits if proof is None else chain(proof.hits(summary), hits)
            if form == "table":
                groups.take(hits)
            else:
                _say_lines(_FORMS[form](hits), before=shown.clear)
        if form == "json":
            _say_lines([*map(set_aside_json, summary.set_aside), _summary_json(summary, proof)])
        else:
            _warn_of_set_aside(summary)
        if form == "table":
            say_groups(groups)
            if proof is not None:
                say(proof.sentence())
            self._say_summary(summary, known)
        return summary

    def _known(self) -> KnownInMemory:
        known = (
            KnownInMemory()
            if self.grants is None
            else read_known(_contents(self.grants), where=str(self.grants))
        )
        if self.catalogue is None:
            return known
        from liftgate.catalogue.model import Mechanism  # noqa: PLC0415 - a catalogue needs a YAML reader
        from liftgate.catalogue.parse import load_catalogue  # noqa: PLC0415

        entitlements = load_catalogue([self.catalogue]).entitlements.values()
        roles = {one.role_arn for one in entitlements if one.mechanism is Mechanism.SESSION}
        return known_in_memory(
            known.grants.values(),
            known.by_name.values(),
            elevated_roles=known.elevated_roles | roles,
            brokers=known.brokers,
        )

    def _rulebook(self, known: KnownInMemory) -> Callable[[], Rulebook]:
        """With nothing known, tampering by anyone is shown: somebody looks at files of their own for the first time."""
        return partial(load_rulebook, self.rules, without_store=not (known.grants or known.elevated_roles))

    def _say_summary(self, summary: Summary, known: KnownInMemory) -> None:
        say(f"{counted(summary)}.")
        again = "liftgate replay " + " ".join(shlex.quote(str(path)) for path in self.paths)
        for flag, at in (("--since", self.span.since), ("--until", self.span.until)):
            again += f" {flag} {at:%Y-%m-%dT%H:%MZ}" if at is not None else ""
        for flag, path in (("--grants", self.grants), ("--catalogue", self.catalogue)):
            again += f" {flag} {shlex.quote(str(path))}" if path is not None else ""
        if not known.grants and not known.elevated_roles:
            say("No grant is known, so this is only who changed permissions or what is recorded.")
            say_next(f"{again} --grants FILE --catalogue FILE", f"{again} --output json")
        elif summary.findings or summary.set_aside_count:
            say_next(f"{again} --output json")


def _fetched(logs: Logs, hits: Iterable[Hit]) -> Iterator[Hit]:
    """The same, with what lies in S3 fetched ahead from the first on."""
    with logs.fetching():
        yield from hits


def _ocsf(hits: Iterable[Hit]) -> Iterator[dict[str, Any]]:
    """Each call once, before the first finding that it shows."""
    told: set[str] = set()
    for hit in hits:
        if hit.event is not None and hit.event.event_id not in told:
            told.add(hit.event.event_id)
            yield api_activity(hit.event)
        yield detection_finding(hit.finding, hit.event)


_FORMS: Final[dict[str, Callable[[Iterable[Hit]], Iterator[dict[str, Any]]]]] = {
    "json": lambda hits: (finding_json(hit.finding, hit.event) for hit in hits),
    "asff": lambda hits: (security_finding(hit.finding, hit.event) for hit in hits),
    "ocsf": _ocsf,
}


def _say_lines(objects: Iterable[dict[str, Any]], before: Callable[[], None] = lambda: None) -> None:
    for one in objects:
        before()  # both may go to one terminal
        say(plain_json(json.dumps(one)))


def _summary_json(summary: Summary, proof: Proof | None) -> dict[str, Any]:
    return {
        "kind": "summary",
        "files": summary.files,
        "bytes": summary.bytes,
        "events": summary.events,
        "copies": summary.repeated,
        "set_aside": summary.set_aside_count,
        "digests": summary.digests,
        "insights": summary.insights,
        "verdicts": {str(verdict): count for verdict, count in sorted(summary.verdicts.items())},
        "findings": {str(severity): summary.severities[severity] for severity in Severity},
        "verified": None if proof is None else proof.as_json(),
    }


def _warn_of_set_aside(summary: Summary) -> None:
    for one in summary.set_aside[:_TOLD]:
        warn(f"set aside: {one.where}: {one.reason}")
    more = summary.set_aside_count - _TOLD
    if more > 0:
        warn(f"and {more:,} more that could not be read")


def _contents(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadValue(
            f"`{path}` cannot be read: {(error.strerror or type(error).__name__).lower()}",
            advice="name a file that is there",
            where=str(path),
        ) from None
