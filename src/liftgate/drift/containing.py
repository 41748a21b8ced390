"""Whether a policy that is there allows more, or less, than the plan's: asked of the ``iam`` engine, which proves it."""

from dataclasses import dataclass, replace

from liftgate.drift.model import Unseen
from liftgate.iam.contain import NotContained, contains
from liftgate.iam.policy import Effect, Policy
from liftgate.iam.request import Request


@dataclass(frozen=True, slots=True)
class Beyond:
    """What is allowed that should not be, as a call."""

    witness: Request

    def __str__(self) -> str:
        """The call in a few words."""
        who = f"{self.witness.principal}: " if self.witness.principal else ""
        where = f" on {self.witness.resource}" if self.witness.resource else ""
        return f"{who}{self.witness.action}{where}"


def beyond(found: Policy, wanted: Policy, thing: str) -> Beyond | Unseen | None:
    """A call that ``found`` allows and ``wanted`` does not; None where it is proved that there is none."""
    answer = contains(found, wanted)
    if answer:
        return None
    if isinstance(answer, NotContained):
        return Beyond(answer.witness)
    return Unseen(thing=thing, why=f"its policy cannot be compared with the plan's: {answer.because}")


def refused_no_more(found: Policy, wanted: Policy, thing: str) -> Beyond | Unseen | None:
    """A call that ``wanted`` denies, whoever else allows it, and ``found`` does not; None where it is proved that there is none."""
    return beyond(_denied(wanted), _denied(found), thing)


def _denied(policy: Policy) -> Policy:
    """What a policy denies, as if it allowed that."""
    return Policy(
        statements=tuple(
            replace(one, effect=Effect.ALLOW) for one in policy.statements if one.effect is Effect.DENY
        )
    )


def together(*policies: Policy) -> Policy:
    """One policy that says what several say; without Sids, which must differ within one."""
    return Policy(statements=tuple(one for policy in policies for one in policy.statements))
