"""How fast requests are decided, beside engines that nobody here wrote, and with many statements beside few."""

import json

from bench.effort import Effort
from bench.figure import Amount, Figure, compared, faster, plain
from bench.iam.rivals import rivals
from bench.measure import Action, Samples, interleave, timed
from liftgate.iam.evaluate import Prepared, prepare
from liftgate.iam.parse import parse_policy
from liftgate.iam.policy import Policy
from liftgate.iam.request import Request

_SIMULATE_BAR, _MINISTACK_BAR = 150.0, 6.0  # times faster
_MANY_BAR = 5.0
_A_POLICY = 50  # statements


def run(effort: Effort) -> Figure:
    """All three engines turn by turn; then a thousand statements and ten."""
    with rivals(count=effort.size(1200)) as engines:
        actions: dict[str, Action] = {"ours": engines.ours, "ministack": engines.ministack}
        if engines.simulate is not None:
            actions["simulate"] = engines.simulate
        each = {
            name: Samples(tuple(seconds / engines.cases for seconds in samples.seconds))
            for name, samples in interleave(actions, rounds=effort.rounds(50), warm_up=2).items()
        }
    ministack = plain("ministack's evaluator", each["ministack"])
    rows = [ministack, faster("`evaluate`", each["ours"], ministack, bar=_MINISTACK_BAR)]
    if "simulate" in each:
        simulate = plain("`@cloud-copilot/iam-simulate`", each["simulate"])
        rows += [simulate, faster("`evaluate`", each["ours"], simulate, bar=_SIMULATE_BAR)]
    many = interleave(
        {str(count): _asked(count) for count in (10, 1000)}, rounds=effort.rounds(200), warm_up=5
    )
    ten = plain("ten statements", many["10"])
    rows += [ten, compared("a thousand statements", many["1000"], ten, bar=_MANY_BAR)]
    return Figure(
        title="Deciding a request",
        how=(
            "One evaluation. The same generated cases in every engine, in its own process, one thread: identity and session "
            "policies, boundaries and SCPs; users, roles and sessions of one account. Policies are parsed once, in each "
            "engine's own way, requests are built once; what is timed is the engine's own call, reasons and all. Then "
            "a policy with one statement for each team's folder of one bucket, asked for the last team's."
        ),
        rows=tuple(rows),
        amounts=(
            Amount(what="cases", amount=f"{engines.cases:,}"),
            Amount(what="decisions a second", amount=f"{1 / each['ours'].median:,.0f}"),
        ),
        not_run=(engines.without_simulate,) if engines.without_simulate else (),
    )


def _asked(count: int) -> Action:
    policies, request = _folders(count), _last(count)
    if not policies.evaluate(request).allowed:
        raise RuntimeError(
            f"the request against {count} statements is not allowed: nothing would be measured"
        )
    return timed(lambda: policies.evaluate(request))


def _folders(count: int) -> Prepared:
    """One statement for each folder, in as many policies as it takes."""
    return prepare(
        identity=[
            _policy(range(first, min(first + _A_POLICY, count))) for first in range(0, count, _A_POLICY)
        ]
    )


def _policy(numbers: range) -> Policy:
    statements = [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::shared/team-{number:04}/*"}
        for number in numbers
    ]
    return parse_policy(json.dumps({"Version": "2012-10-17", "Statement": statements}))


def _last(count: int) -> Request:
    return Request(action="s3:GetObject", resource=f"arn:aws:s3:::shared/team-{count - 1:04}/report.csv")
