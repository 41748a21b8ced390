"""Puts requests to the policies themselves: what a search has found counts only when they say so too."""

from collections.abc import Iterable
from functools import lru_cache

from liftgate.iam.evaluate import Prepared, allows, prepare
from liftgate.iam.patterns.automaton import Budget
from liftgate.iam.policy import Effect, Patterns, Policy, Statement
from liftgate.iam.request import Request

_COST = 25  # in steps, of putting a request to both policies
_EVERYTHING = Policy(
    statements=(Statement(effect=Effect.ALLOW, actions=Patterns(("*",)), resources=Patterns(("*",))),)
)
_ELSEWHERE = "000000000000"  # an account of none of the callers: there a resource's policy must speak


class Trial:
    """Two policies, and the requests that a search took for allowed by one alone but could not confirm."""

    def __init__(self, a: Policy, b: Policy) -> None:
        self.a, self.b = a, b
        self.doubts: list[Request] = []
        self._by_caller = any(one.principals is not None for one in (*a.statements, *b.statements))

    def confirmed(self, found: Iterable[Request], budget: Budget) -> Request | None:
        """The first of them that ``a`` allows and ``b`` does not. Raises ``BudgetSpent``."""
        for request in found:
            budget.spend(_COST)
            if self._allows(self.a, request) and not self._allows(self.b, request):
                return request
        return None

    def doubt(self, request: Request) -> None:
        """Remember a request that could not be confirmed, nor the absence of another like it."""
        self.doubts.append(request)

    def _allows(self, policy: Policy, request: Request) -> bool:
        """By itself; a policy that names its callers as the policy of a resource in another account."""
        return speaks(policy, request) if self._by_caller else allows(policy, request)


def speaks(policy: Policy, request: Request) -> bool:
    """Whether a resource's policy allows the request, whatever the caller's own policies say."""
    return _of_resource(policy).evaluate(request).allowed


@lru_cache(maxsize=256)
def _of_resource(policy: Policy) -> Prepared:
    return prepare(identity=(_EVERYTHING,), resource_policy=policy, resource_account=_ELSEWHERE)
