"""What ``liftgate doctor`` says of the watch: whether events come in, what could not be taken, and whether findings are answered."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from liftgate.cli.check import Check, note, ok, unknown
from liftgate.cli.connection import Connection
from liftgate.cli.fields import JsonObject, flag, moment, number, optional, text
from liftgate.errors import NotFound, Refused
from liftgate.span import in_words

_QUIET: Final = timedelta(hours=1)
_MANY: Final = 1_000
_SOURCES: Final = "docs/watch-sources.md"


def watch_checks(here: Connection) -> Iterator[Check]:
    """Nothing for people who are not told, and of servers that do not know the question."""
    try:
        state = here.api.get("/watch/state")
    except (Refused, NotFound):
        return
    yield _events(state)
    if flag(state, "reads_log_files"):
        yield _log_files(state)
    yield _dead_letters(state)
    yield _responses(state)


def _events(state: JsonObject) -> Check:
    last = optional(moment, state, "last_came_at")
    has_source = flag(state, "reads_queue") or flag(state, "reads_log_files")
    if not has_source and last is None:
        return note(
            "watch",
            "no source of CloudTrail's events is set",
            f"set watch_queue_url on the server: {_SOURCES}",
        )
    if last is None:
        return unknown(
            "watch",
            "no event ever came",
            f"a drill makes some, within 15 minutes: liftgate doctor --all. Where none come, see the steps in {_SOURCES}",
        )
    ago = moment(state, "now") - last
    waiting = optional(number, state, "waiting")
    said = f"events last came {in_words(ago)} ago"
    if waiting is not None:
        said += f"; messages on the queue: about {waiting:,}"
    if ago >= _QUIET:
        return unknown(
            "watch",
            said,
            "if S3 was used since: does `liftgate watch` run, and does EventBridge still deliver?",
        )
    if waiting is not None and waiting >= _MANY:
        return note(
            "watch",
            said,
            "let more take them: watch_consumers, or another process with the role watch",
        )
    return ok("watch", said)


def _log_files(state: JsonObject) -> Check:
    until = optional(moment, state, "log_files_taken_until")
    advice = "does a process with the role `watch` run? as a guard: liftgate doctor --all"
    if until is None:
        return unknown("log files", "none were ever taken", advice)
    found = f"taken up to {in_words(moment(state, 'now') - until)} ago"
    if flag(state, "log_files_late"):
        return note("log files", found, advice)
    return ok("log files", found)


def _dead_letters(state: JsonObject) -> Check:
    waiting = optional(number, state, "dead_letters")
    if waiting is None:
        because = optional(text, state, "dead_letters_because") or "the server cannot tell"
        return unknown(
            "dead letters",
            because,
            f"set watch_dead_letter_queue_url, and let the server read it: {_SOURCES}",
        )
    if waiting:
        return note(
            "dead letters",
            f"about {waiting:,} event(s) could not be taken",
            "see why: liftgate dead-letters list",
        )
    return ok("dead letters", "none")


def _responses(state: JsonObject) -> Check:
    webhooks = number(state, "webhooks")
    told = f"{webhooks} webhook(s) are told"
    if text(state, "response") != "act":
        return note(
            "responses",
            "observe: what would be done about findings is only said",
            'look at what that was: liftgate findings; then set response = "act" on the server',
        )
    if not webhooks:
        return note("responses", "act, but nobody is told", "set webhooks on the server: docs/responses.md")
    return ok("responses", f"act: findings are answered, and {told}")
