"""What the server's side of the doctor saw: asked of a running server by a guard, or looked at on its own machine."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, get_args

from liftgate.cli.check import Check, State
from liftgate.cli.connection import Connection
from liftgate.cli.errors import ExtraMissing
from liftgate.cli.exit_code import ExitCode
from liftgate.cli.fields import as_object, items, optional, text


def diagnosis_checks(here: Connection) -> Iterator[Check]:
    """AWS, proofs, each elevated role, the queues and the trail's bucket, as the running server sees them. For guards."""
    for look in items(here.api.post("/diagnoses"), "looks"):
        one = as_object(look, "looks")
        yield _check(
            text(one, "title"), text(one, "state"), text(one, "found"), optional(text, one, "advice")
        )


def checks_on_this_machine(file: Path | None, environ: Mapping[str, str]) -> Iterator[Check]:
    """What a server would work with here, by its settings. Raises ``ExtraMissing`` where no server is installed."""
    try:
        from liftgate.server.diagnosis_here import diagnose_here  # noqa: PLC0415 - only where a server is installed
        from liftgate.server.settings_sources import chosen_file  # noqa: PLC0415 - likewise
    except ModuleNotFoundError as error:
        raise ExtraMissing(
            f"this machine has no server to look at: {error.name} is not installed",
            advice="pip install 'liftgate[server]'",
        ) from None
    for one in diagnose_here(chosen_file(file, environ)):
        yield _check(one.title, one.state, one.found, one.advice)


_STATES: Final[dict[str, State]] = {state: state for state in get_args(State)}


def _check(title: str, state: str, found: str, advice: str | None) -> Check:
    return Check(
        title=title,
        state=_STATES.get(state, "unknown"),  # of a server that knows more of them
        found=found,
        advice=advice,
        exit_code=ExitCode.UNAVAILABLE if state == "fail" else ExitCode.OK,
    )
