"""What a guard asks of the doctor beyond looking: a revocation drill, and holding AWS against the store."""

from collections.abc import Iterator
from typing import Final

from liftgate.cli.check import Check, ok
from liftgate.cli.connection import Connection
from liftgate.cli.errors import NoSuchEntitlement
from liftgate.cli.exit_code import ExitCode, exit_code_of
from liftgate.cli.fields import JsonObject, as_object, flag, items, number, optional, text
from liftgate.errors import Conflict, LiftgateError

_TITLE: Final = "revocation"


def drill_checks(here: Connection, entitlement: str | None) -> Iterator[Check]:
    """A drill on one entitlement, or on each that lends sessions."""
    names = [entitlement] if entitlement else _lending(here)
    if not names:
        raise NoSuchEntitlement(
            "there is no entitlement that lends sessions", advice="see what there is: liftgate catalogue"
        )
    for name in names:
        yield _drill(here, name)


def reconcile_checks(here: Connection) -> Iterator[Check]:
    """What the server found to repair, and whether it could."""
    answer = here.api.post("/reconciliations")
    repairs = [as_object(one, "repairs") for one in items(answer, "repairs")]
    looked_at = f"looked at: roles {number(answer, 'roles')}, ledger entries {number(answer, 'entries')}"
    if not repairs:
        yield ok("reconcile", f"nothing to repair; {looked_at}")
        return
    yield Check(title="reconcile", state="note", found=f"not as it should be: {len(repairs)}; {looked_at}")
    yield from map(_repair, repairs)


def _lending(here: Connection) -> list[str]:
    entitlements = [
        as_object(one, "entitlements") for one in items(here.api.get("/catalogue"), "entitlements")
    ]
    return [text(one, "name") for one in entitlements if text(one, "mechanism") == "session"]


def _drill(here: Connection, name: str) -> Check:
    try:
        answer = here.api.post("/drills", {"entitlement": name})
    except Conflict as nothing:  # there is no call that could be tried: no fault of anybody
        return Check(title=_TITLE, state="note", found=f"{name}: {nothing}", advice=nothing.advice)
    except LiftgateError as error:
        return Check(
            title=_TITLE,
            state="fail",
            found=f"{name}: {error}",
            advice=error.advice,
            exit_code=exit_code_of(error),
        )
    refused, role = optional(number, answer, "refused_after_ms"), text(answer, "role_arn")
    if refused is None:
        return Check(
            title=_TITLE,
            state="fail",
            found=f"{name}: AWS STILL LETS a revoked session of {role} through, ten seconds after its deny was read back",
            advice="try again in a minute: changes may take that long to spread; if it stays so, look for who else may call the"
            " role, and in CloudTrail for who changes its policies",
            exit_code=ExitCode.UNAVAILABLE,
        )
    in_place = number(answer, "in_place_after_ms")
    return Check(
        title=_TITLE,
        state="ok",
        found=f"{name}: a running session of {role} was refused {refused} ms after the order to revoke; its deny was read back"
        f" after {in_place} ms",
    )


def _repair(repair: JsonObject) -> Check:
    found = f"{text(repair, 'what')}: {text(repair, 'found')}"
    if flag(repair, "repaired"):
        return Check(title="repaired", state="note", found=found)
    failure = optional(text, repair, "failure")
    return Check(
        title="not repaired",
        state="fail",
        found=f"{found}: {failure}" if failure else found,
        advice=optional(text, repair, "advice"),
        exit_code=ExitCode.UNAVAILABLE,
    )
