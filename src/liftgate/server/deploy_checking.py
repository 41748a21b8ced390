"""Holds deployed accounts against the catalogue every now and then, and keeps what drifted as findings.

Each process with a worker does it by itself: what two find is one finding.
"""

from collections.abc import Callable
from threading import Event, Thread

from liftgate.deployment.model import Plan
from liftgate.deployment.places import places_of
from liftgate.deployment.plan import plan_for
from liftgate.drift.clients import AwsClients, LookingRole
from liftgate.drift.compare import compare
from liftgate.drift.expected import Against, Expected
from liftgate.drift.findings import keep_findings
from liftgate.drift.mending import name_of
from liftgate.drift.model import Report
from liftgate.drift.read_account import read_snapshot
from liftgate.drift.seen import Snapshot
from liftgate.elevation.session_name import broker_session_name
from liftgate.errors import LiftgateError
from liftgate.server.deploy_check_settings import DeployCheckSettings
from liftgate.server.parts import Parts, endpoints_of

Read = Callable[[Against, DeployCheckSettings], Snapshot]


def check_deployment(check: DeployCheckSettings, parts: Parts, *, read: Read | None = None) -> Report:
    """Look, and keep what is found. Raises what keeps the catalogue from being deployed."""
    options = parts.settings.deploy_options(check)
    catalogue = parts.catalogue.current().catalogue
    against = Against(
        plan=plan_for(catalogue, options),
        places=places_of(catalogue, options),
        expected=Expected(check.expect),
    )
    report = compare(against, read(against, check) if read else _read(against, check, parts))
    opened, closed = keep_findings(report, parts.store, parts.clock())
    parts.log.info(
        "deployment checked",
        drifts=len(report.drifts),
        not_looked_at=len(report.unseen),
        opened=opened,
        closed=closed,
    )
    parts.wake_worker.set()
    return report


def _read(against: Against, check: DeployCheckSettings, parts: Parts) -> Snapshot:
    return read_snapshot(against, auditors(against.plan, check, parts))


def auditors(plan: Plan, check: DeployCheckSettings, parts: Parts) -> AwsClients:
    """Clients of the broker, which takes up the role in each account by its own name."""
    role = LookingRole(
        name=check.role,
        source=broker_session_name(name_of(plan.broker_arn)),
        external_ids=plan.options.external_ids,
    )
    return AwsClients(endpoints_of(parts.settings), partition=plan.partition, role=role)


def start_deploy_check(parts: Parts) -> Callable[[], None]:
    """Start the thread, where the settings ask for it; the answer stops it and waits until it has ended."""
    check = parts.settings.deploy_check
    if check is None:
        return lambda: None
    stopping = Event()

    def run() -> None:
        while not stopping.is_set():
            _try(check, parts)
            stopping.wait(check.every.total_seconds())

    thread = Thread(target=run, name="liftgate-deploy-check", daemon=True)
    thread.start()

    def stop() -> None:
        stopping.set()
        thread.join()

    return stop


def _try(check: DeployCheckSettings, parts: Parts) -> None:
    try:
        check_deployment(check, parts)
    except LiftgateError as failure:
        parts.log.warning("deployment not checked", code=failure.code)
    except Exception as fault:  # noqa: BLE001 - a thread that dies silently would leave every later drift unseen
        parts.log.error("deployment not checked", error=type(fault).__name__)  # noqa: TRY400 - its text may quote anything
