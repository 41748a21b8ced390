import pytest
from hypothesis import given
from tests.iam.iam_reference import reference_allows
from tests.iam.test_iam_contain import policies, requests

from liftgate.iam.errors import RepeatedKey
from liftgate.iam.evaluate import Decision, Reason, Wall, Why, allows, evaluate
from liftgate.iam.parse import parse_policy
from liftgate.iam.policy import Effect, Policy
from liftgate.iam.request import Request

PUT = Request(action="s3:PutObject", resource="arn:aws:s3:::reports/a")


def policy(effect: str, action: str, resource: str = "*") -> Policy:
    return parse_policy(
        f'{{"Version": "2012-10-17", "Statement": [{{"Sid": "S", "Effect": "{effect}", "Action": "{action}", "Resource": "{resource}"}}]}}'
    )


ALL, READ, WRITE = policy("Allow", "*"), policy("Allow", "s3:Get*"), policy("Allow", "s3:Put*")
NEVER = policy("Deny", "s3:PutObject", "arn:aws:s3:::reports/*")


def test_an_allow_says_which_statements_allowed() -> None:
    verdict = evaluate(PUT, identity=[READ, ALL], session=[WRITE], boundary=ALL)
    assert verdict.decision is Decision.ALLOW
    assert verdict.allowed
    assert verdict.refused_by is None
    assert verdict.because == tuple(
        Reason(wall=wall, why=Why.MATCHED, policy=place, statement=0, sid="S", effect=Effect.ALLOW)
        for wall, place in ((Wall.IDENTITY, 1), (Wall.BOUNDARY, 0), (Wall.SESSION, 0))
    )


@pytest.mark.parametrize(
    ("identity", "session", "boundary", "wall"),
    [
        ([], None, None, Wall.IDENTITY),
        ([READ], None, None, Wall.IDENTITY),
        ([ALL], [READ], None, Wall.SESSION),
        ([ALL], [], None, Wall.SESSION),
        ([ALL], None, READ, Wall.BOUNDARY),
        ([ALL], [READ], READ, Wall.BOUNDARY),
        ([ALL], [WRITE], READ, Wall.BOUNDARY),
        ([READ], [ALL], ALL, Wall.IDENTITY),
    ],
)
def test_each_wall_that_is_there_must_allow(
    identity: list[Policy], session: list[Policy] | None, boundary: Policy | None, wall: Wall
) -> None:
    verdict = evaluate(PUT, identity=identity, session=session, boundary=boundary)
    assert (verdict.decision, verdict.refused_by) == (Decision.IMPLICIT_DENY, wall)


@pytest.mark.parametrize("place", ["identity", "session", "boundary"])
def test_a_deny_in_any_wall_wins(place: str) -> None:
    walls: dict[str, list[Policy]] = {"identity": [ALL], "session": [ALL], "boundary": [ALL]}
    both = Policy(statements=ALL.statements + NEVER.statements)
    walls[place] = [both]
    verdict = evaluate(
        PUT, identity=walls["identity"], session=walls["session"], boundary=walls["boundary"][0]
    )
    assert (verdict.decision, verdict.refused_by) == (Decision.EXPLICIT_DENY, Wall(place))
    assert verdict.because[0].statement == 1


def test_case_counts_in_resources_and_not_in_actions_and_keys() -> None:
    limited = parse_policy(
        '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "S3:putobject",'
        ' "Resource": "arn:aws:s3:::reports/A", "Condition": {"StringEquals": {"AWS:UserName": "Ada"}}}}'
    )
    context = {"aws:username": "Ada"}
    assert allows(limited, Request(action="s3:PutObject", resource="arn:aws:s3:::reports/A", context=context))
    assert not allows(
        limited, Request(action="s3:PutObject", resource="arn:aws:s3:::reports/a", context=context)
    )
    lower = {"AWS:USERNAME": "ada"}
    assert not allows(
        limited, Request(action="s3:PutObject", resource="arn:aws:s3:::reports/A", context=lower)
    )


def test_a_resource_may_name_the_caller() -> None:
    own = policy("Allow", "s3:*", "arn:aws:s3:::home/${aws:username}/*")
    for arn, expected in (("home/ada/x", True), ("home/bob/x", False), ("home/*/x", False)):
        request = Request(
            action="s3:GetObject", resource=f"arn:aws:s3:::{arn}", context={"aws:username": "ada"}
        )
        assert allows(own, request) is expected
    assert not allows(own, Request(action="s3:GetObject", resource="arn:aws:s3:::home//x"))


@pytest.mark.slow
@given(policies(limited=True))
def test_decisions_follow_the_reference(policy_: Policy) -> None:
    for request in list(requests(limited=True))[::7]:
        assert allows(policy_, request) is reference_allows(policy_, request)


def test_a_context_with_one_key_in_two_cases_is_refused() -> None:
    with pytest.raises(
        RepeatedKey, match="`AWS:Username` stands in the context for the second time"
    ) as caught:
        Request(
            action="s3:GetObject",
            resource="arn:aws:s3:::b/k",
            context={"aws:username": "ada", "s3:prefix": "a", "AWS:Username": "bob"},
        )
    assert caught.value.advice == "put both into one"
