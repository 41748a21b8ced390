"""Whether the check of deployed accounts could look: is there an auditor in each, and does it let the broker in?"""

from collections.abc import Iterator

from liftgate.catalogue.model import Catalogue
from liftgate.deployment.plan import plan_for
from liftgate.drift.ports import AccountOutOfReach
from liftgate.server.deploy_check_settings import DeployCheckSettings
from liftgate.server.deploy_checking import auditors
from liftgate.server.look import Look, ok, seen
from liftgate.server.parts import Parts
from liftgate.span import in_words


def look_at_auditors(parts: Parts, catalogue: Catalogue) -> Iterator[Look]:
    """Takes up each account's auditor, where the settings ask for the check."""
    check = parts.settings.deploy_check
    if check is not None:
        yield seen("auditors", lambda: _auditors(parts, catalogue, check))


def _auditors(parts: Parts, catalogue: Catalogue, check: DeployCheckSettings) -> Look:
    plan = plan_for(catalogue, parts.settings.deploy_options(check))
    clients = auditors(plan, check, parts)
    for account in plan.accounts:
        try:
            clients("iam", account, plan.region)
        except AccountOutOfReach as fault:
            return Look(
                title="auditors",
                state="fail",
                found=fault.sentence,
                advice=f"apply what `liftgate deploy` writes as `auditor` for account {account}, and see its `external_id` in the settings",
            )
    count = len(plan.accounts)
    return ok(
        "auditors",
        f"`{check.role}` lets the broker in, in {count} account(s); looks every {in_words(check.every)}",
    )
