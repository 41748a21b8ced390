from dataclasses import replace

from hypothesis import given
from tests.iam.test_iam_contain import policies

from liftgate.iam.compilation.merge import merged
from liftgate.iam.contain import contains
from liftgate.iam.policy import Effect, Patterns, Policy


@given(policies(limited=True))
def test_merging_changes_no_meaning(policy: Policy) -> None:
    plain = Policy(
        statements=tuple(
            replace(
                one,
                effect=Effect.ALLOW,
                actions=Patterns(one.actions.values),
                resources=Patterns(one.resources.values if one.resources else ("*",)),
            )
            for one in policy.statements
        )
    )
    short = merged(plain)
    assert len(short.statements) <= len(plain.statements)
    assert contains(short, plain)
    assert contains(plain, short)
