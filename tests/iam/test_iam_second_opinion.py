"""Compiled policies, read by an engine that nobody here wrote: the evaluator inside ministack."""

from datetime import UTC, datetime
from itertools import product

import pytest
from hypothesis import assume, given, settings
from tests.iam.iam_examples import KMS_KEY, scopes
from tests.iam.test_iam_compile import ARNS, ASKED, PREFIXES

from liftgate.iam.compile import compile_session_policy, role_policy
from liftgate.iam.errors import EmptyScope
from liftgate.iam.evaluate import evaluate
from liftgate.iam.parse import parse_policy
from liftgate.iam.request import Request
from liftgate.iam.scope import Scope, Window

iam_evaluator = pytest.importorskip("ministack.core.iam_evaluator")

# ministack reads the clock itself, so these windows hold it, or never do.
AROUND_NOW = Window(starts_at=datetime(2000, 1, 1, tzinfo=UTC), ends_at=datetime(2200, 1, 1, tzinfo=UTC))
LONG_AGO = Window(starts_at=datetime(2000, 1, 1, tzinfo=UTC), ends_at=datetime(2001, 1, 1, tzinfo=UTC))
NOW = "2026-11-24T12:00:00Z"
VIA_S3 = {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}


@pytest.mark.slow
@given(scopes)
@settings(max_examples=40)
def test_a_second_engine_decides_the_same(asked: Scope) -> None:
    try:
        role, session = role_policy(asked), compile_session_policy(asked, AROUND_NOW)
    except EmptyScope:
        assume(condition=False)
    ours = (parse_policy(role), parse_policy(session))
    theirs = [[iam_evaluator.parse_policy_document(text)] for text in (role, session)]
    for action, arn, prefix in product(ASKED, [*ARNS, KMS_KEY], PREFIXES):
        context = VIA_S3 | ({} if prefix is None else {"s3:prefix": prefix})
        request = Request(action=action, resource=arn, context=context | {"aws:CurrentTime": NOW})
        verdict = evaluate(request, identity=ours[:1], session=ours[1:])
        assert verdict.allowed is (_their_decision(request, context, theirs) == "Allow"), str(request)


@given(scopes)
@settings(max_examples=20)
def test_a_second_engine_allows_nothing_once_the_window_is_over(asked: Scope) -> None:
    try:
        session = compile_session_policy(asked, LONG_AGO)
    except EmptyScope:
        assume(condition=False)
    everything = iam_evaluator.parse_policy_document(
        '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
    )
    theirs = [[everything], [iam_evaluator.parse_policy_document(session)]]
    for action, arn, prefix in product(ASKED, [*ARNS, KMS_KEY], ["a/", None]):
        context = VIA_S3 | ({} if prefix is None else {"s3:prefix": prefix})
        request = Request(action=action, resource=arn, context=context)
        assert _their_decision(request, context, theirs) == "ImplicitDeny"


def _their_decision(request: Request, context: dict[str, str], layers: list[list[object]]) -> str:
    asked = iam_evaluator.EvalContext(
        principal_arn="arn:aws:sts::123456789012:assumed-role/elevated/gr-1",
        principal_type="AssumedRole",
        principal_account="123456789012",
        region="eu-west-1",
        action=request.action,
        resource_arn=request.resource,
        service_context={key.lower(): value for key, value in context.items()},
    )
    decision: str = iam_evaluator.evaluate(asked, *layers).decision
    return decision
