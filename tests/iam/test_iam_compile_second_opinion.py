"""The two shorter forms of a session policy, read by an engine that nobody here wrote: the evaluator inside ministack."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from tests.iam.test_iam_compile import MORE, in_buckets

from liftgate.iam.compile import compile_session_policy, unmerged
from liftgate.iam.evaluate import allows
from liftgate.iam.request import Request
from liftgate.iam.s3.actions import ACTIONS
from liftgate.iam.scope import Scope, Window

iam_evaluator = pytest.importorskip("ministack.core.iam_evaluator")

CENTURY = timedelta(days=36_500)
BEGIN = datetime(2000, 1, 1, tzinfo=UTC)  # ministack reads the clock itself
OPEN = Window(starts_at=BEGIN, ends_at=BEGIN + 2 * CENTURY)
OVER = Window(starts_at=BEGIN, ends_at=BEGIN + timedelta(days=1))
AHEAD = Window(starts_at=BEGIN + CENTURY, ends_at=BEGIN + 2 * CENTURY)


@pytest.mark.parametrize("asked", [in_buckets(7), in_buckets(7, *MORE)])
def test_a_second_engine_reads_the_shorter_forms_alike(asked: Scope) -> None:
    text = compile_session_policy(asked, OPEN)
    assert '"Deny"' in text
    forever = unmerged(asked)
    for action, key, prefix in product(ACTIONS, ("", "/in-3/a", "/in-4/a"), (None, "in-3/", "in-4/")):
        context = {} if prefix is None else {"s3:prefix": prefix}
        request = Request(action=action, resource=f"arn:aws:s3:::bucket-3-of-many{key}", context=context)
        assert decided(text, request) is allows(forever, request), str(request)


@pytest.mark.parametrize("window", [OVER, AHEAD])
@pytest.mark.parametrize("asked", [in_buckets(7), in_buckets(7, *MORE)])
def test_a_second_engine_allows_nothing_outside_the_window(asked: Scope, window: Window) -> None:
    text = compile_session_policy(asked, window)
    request = Request(action="s3:PutObject", resource="arn:aws:s3:::bucket-3-of-many/in-3/a")
    assert decided(compile_session_policy(asked, OPEN), request)
    assert not decided(text, request)


def decided(text: str, request: Request) -> bool:
    asked = iam_evaluator.EvalContext(
        principal_arn="arn:aws:sts::123456789012:assumed-role/elevated/gr-1",
        principal_type="AssumedRole",
        principal_account="123456789012",
        region="eu-west-1",
        action=request.action,
        resource_arn=request.resource,
        service_context={key.lower(): value for key, value in request.context.items()},
    )
    answer = iam_evaluator.evaluate(asked, [iam_evaluator.parse_policy_document(text)])
    return bool(answer.decision == "Allow")
