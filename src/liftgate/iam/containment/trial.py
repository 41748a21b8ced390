"""Puts requests to the policies themselves: what a search has found counts only when they say so too."""

from collections.abc import Iterable
from functools import cached_property

from liftgate.iam.evaluate import Prepared, prepare
from liftgate.iam.patterns.automaton import Budget
from liftgate.iam.policy import Effect, Patterns, Policy, Statement
from liftgate.iam.request import Request

_COST = 25  # in steps, of putting a request to both policies
_CHARACTERS = 4  # of patterns with variables, which are made anew for each value, to a step
_EVERYTHING = Policy(
    statements=(Statement(effect=Effect.ALLOW, actions=Patterns(("*",)), resources=Patterns(("*",))),)
)
_ELSEWHERE = "000000000000"  # an account of none of the callers: there a resource's policy must speak


class Trial:
    """Two policies, and the requests that a search took for allowed by one alone but could not confirm."""

    def __init__(self, a: Policy, b: Policy) -> None:
        self.doubts: list[Request] = []
        self._policies = (a, b)

    def confirmed(self, found: Iterable[Request], budget: Budget) -> Request | None:
        """The first of them that ``a`` allows and ``b`` does not. Raises ``BudgetSpent``."""
        for request in found:
            budget.spend(self._cost)
            a, b = self._unsaid if self._by_caller and request.principal is None else self._prepared
            if a.evaluate(request).allowed and not b.evaluate(request).allowed:
                return request
        return None

    def doubt(self, request: Request) -> None:
        """Remember a request that could not be confirmed, nor the absence of another like it."""
        self.doubts.append(request)

    @cached_property
    def _prepared(self) -> tuple[Prepared, Prepared]:
        """Each by itself; policies that name their callers as the policy of a resource in another account."""
        if not self._by_caller:
            a, b = (prepare(identity=(policy,)) for policy in self._policies)
            return a, b
        a, b = (
            prepare(identity=(_EVERYTHING,), resource_policy=policy, resource_account=_ELSEWHERE)
            for policy in self._policies
        )
        return a, b

    @cached_property
    def _unsaid(self) -> tuple[Prepared, Prepared]:
        """For a caller of whom nothing is said: then no policy of the caller's may speak in their place."""
        a, b = (prepare(resource_policy=policy) for policy in self._policies)
        return a, b

    @cached_property
    def _by_caller(self) -> bool:
        return any(one.principals is not None for policy in self._policies for one in policy.statements)

    @cached_property
    def _cost(self) -> int:
        texts = [
            value
            for policy in self._policies
            for one in policy.statements
            for values in (
                one.resources.values if one.resources else (),
                *(each.values for each in one.conditions),
            )
            for value in values
        ]
        return _COST + sum(len(text) for text in texts if "${" in text) // _CHARACTERS
