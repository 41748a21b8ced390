"""How fast requests are decided, beside engines that nobody here wrote, and with many statements beside few."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.iam.generated.cases import World

from bench.effort import Effort
from bench.figure import Amount, Figure, Row, compared, faster, plain
from bench.iam.rivals import REQUESTS, SEED, rivals, small_worlds
from bench.iam.workload import workload
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
    roles = _turns(workload(SEED, effort.size(200), requests=REQUESTS), effort)
    small = _turns(small_worlds(effort.size(1200)), effort)
    many = interleave(
        {str(count): _asked(count) for count in (10, 1000)}, rounds=effort.rounds(200), warm_up=5
    )
    ten = plain("ten statements", many["10"])
    return Figure(
        title="Deciding a request",
        how=(
            "One evaluation, reasons and all. The same cases in every engine, in its own process, one thread; policies are "
            "parsed once, in each engine's own way, and requests built once; the two in Python go through all cases ten times "
            "a turn. *Roles* are a team's role of fifteen statements "
            "over several services, with a session policy or a boundary and two levels of SCPs. *Small policies* are those "
            "of the differential tests, of one to three statements each, where there is little to decide and every engine is "
            "at its quickest. Then a policy with one statement for each team's folder of a bucket, asked for the last team's."
        ),
        rows=(
            *_rows("roles", roles, held=True),
            *_rows("small policies", small, held=False),
            ten,
            compared("a thousand statements", many["1000"], ten, bar=_MANY_BAR),
        ),
        amounts=(
            Amount(what="cases: roles, small policies", amount=f"{roles.cases:,}, {small.cases:,}"),
            Amount(what="roles: decisions a second", amount=f"{1 / roles.samples['ours'].median:,.0f}"),
        ),
        not_run=(roles.without_simulate,) if roles.without_simulate else (),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turns:
    cases: int
    samples: dict[str, Samples]  # of one evaluation
    without_simulate: str | None


def _turns(asked: Sequence[World], effort: Effort) -> _Turns:
    with rivals(asked) as engines:
        actions = {"ours": _long(engines.ours), "ministack": _long(engines.ministack)}
        if engines.simulate is not None:
            actions["simulate"] = engines.simulate
        taken = interleave(actions, rounds=effort.rounds(30), warm_up=3)
    samples = {
        name: Samples(tuple(seconds / engines.cases for seconds in one.seconds))
        for name, one in taken.items()
    }
    return _Turns(cases=engines.cases, samples=samples, without_simulate=engines.without_simulate)


def _long(action: Action) -> Action:
    """A turn that is long enough for the processor's caches to be the engine's own; iam-simulate's is by itself."""
    return lambda: sum(action() for _ in range(_PASSES)) / _PASSES


_PASSES = 10
_RIVALS = (
    ("ministack", "ministack's evaluator", _MINISTACK_BAR),
    ("simulate", "`@cloud-copilot/iam-simulate`", _SIMULATE_BAR),
)


def _rows(of: str, turns: _Turns, *, held: bool) -> Iterator[Row]:
    for name, engine, bar in _RIVALS:
        if name in turns.samples:
            rival = plain(f"{engine}, {of}", turns.samples[name])
            yield rival
            yield faster(f"`evaluate`, {of}", turns.samples["ours"], rival, bar=bar if held else None)


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
