"""Finds what is wrong or doubtful in a policy, beyond its grammar: what does nothing, and what does too much.

>>> from liftgate.iam.parse import parse_policy
>>> policy = parse_policy('''{"Version": "2012-10-17", "Statement": [
...     {"Effect": "Allow", "Action": ["s3:GetObjct", "s3:ListBucket"], "Resource": "arn:aws:s3:::reports"}
... ]}''')
>>> for found in lint(policy):
...     print(found)
$.Statement[0].Action[0]: error: there is no action `s3:GetObjct` (unknown-action); did you mean `s3:GetObject`?
"""

import json
from collections.abc import Callable, Iterator
from typing import TypeAlias

from liftgate.iam.linting.actions import negated_grants, redundant_names, unknown_names
from liftgate.iam.linting.conditions import qualifiers, values
from liftgate.iam.linting.coverage import exclusions, without_effect
from liftgate.iam.linting.finding import Code, Lint, Severity, Subject
from liftgate.iam.linting.keys import never_carried, unknown_keys
from liftgate.iam.linting.length import too_long
from liftgate.iam.linting.permissions import wide_grants
from liftgate.iam.linting.principals import all_but, deputies, everyone
from liftgate.iam.linting.resources import wrong_types
from liftgate.iam.linting.session_name import Fixed, NotFixed, SessionName, fixes_session_name
from liftgate.iam.linting.trust import session_names, trusted
from liftgate.iam.linting.versions import missing_version, old_variables
from liftgate.iam.parse import Kind, parse_policy
from liftgate.iam.patterns.pattern import Budget, BudgetSpent
from liftgate.iam.policy import Policy

__all__ = [
    "Code",
    "Fixed",
    "Kind",
    "Lint",
    "NotFixed",
    "SessionName",
    "Severity",
    "fixes_session_name",
    "lint",
    "lint_text",
]

STEPS = 100_000  # of each check: a fraction of a second

Check: TypeAlias = Callable[[Subject], Iterator[Lint]]

_CHECKS: tuple[Check, ...] = (
    unknown_names,
    redundant_names,
    negated_grants,
    wrong_types,
    wide_grants,
    unknown_keys,
    never_carried,
    values,
    qualifiers,
    exclusions,
    old_variables,
    without_effect,
    everyone,
    all_but,
    deputies,
    trusted,
    session_names,
)


def lint(policy: Policy, kind: Kind = Kind.IDENTITY, *, steps: int = STEPS) -> tuple[Lint, ...]:
    """What is wrong or doubtful in ``policy`` as a policy of this ``kind``, in the order of its statements.

    ``docs/iam/lint.md`` has every kind of fault, with an example. Nothing is reported that could not be decided:
    ``steps`` bounds the work of each check, and a check whose steps are spent stops. Sources: "IAM policy validation
    check reference" and "AWS JSON policy element reference", IAM User Guide; the Service Authorization Reference.
    """
    found = {one: None for check in _CHECKS for one in _bounded(check, Subject(policy, kind, Budget(steps)))}
    return tuple(sorted(found, key=_order))


def lint_text(
    text: str, kind: Kind = Kind.IDENTITY, *, largest: int | None = None, steps: int = STEPS
) -> tuple[Lint, ...]:
    """The same for a policy's JSON, of which it also sees how long it is, and whether it says its version.

    ``largest`` is for ``parse_policy``. Raises ``PolicyFault``.
    """
    policy = parse_policy(text, kind, largest=largest)
    of_text = (*too_long(text, kind), *missing_version(json.loads(text, parse_int=str)))
    return tuple(sorted({*lint(policy, kind, steps=steps), *of_text}, key=_order))


def _bounded(check: Check, subject: Subject) -> Iterator[Lint]:
    """What the check finds until its steps are spent."""
    try:
        yield from check(subject)
    except BudgetSpent:
        return


def _order(one: Lint) -> tuple[int, list[tuple[int, str]], str, str]:
    path = [(step, "") if isinstance(step, int) else (-1, step) for step in one.path]
    return -1 if one.statement is None else one.statement, path, one.code, one.sentence
