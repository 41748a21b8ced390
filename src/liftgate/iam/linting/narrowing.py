"""Whether a statement that names everyone as its principal is narrowed by a condition to some callers after all.

Source: "The meaning of 'public'" in "Blocking public access to your Amazon S3 storage", Amazon S3 User Guide, and
"AWS global condition context keys", IAM User Guide.
"""

import re
from collections.abc import Callable

from liftgate.iam.language.reading import demands_key
from liftgate.iam.language.values import read_network
from liftgate.iam.policy import Condition, Principals, Statement

_ACCOUNT = re.compile(r"\d{12}")
_ALL = re.compile(r"[*?]*")
# The widest networks that S3 does not take for everyone.
_WIDEST = {4: 8, 6: 32}


def names_everyone(principals: Principals | None) -> bool:
    """Whether the principals are ``*`` or ``{"AWS": "*"}``."""
    return principals is not None and any(
        kind in {"*", "AWS"} and value == "*" for kind, value in principals.values
    )


def is_narrowed(statement: Statement) -> bool:
    """Whether a condition lets only fixed organisations, accounts, principals, networks or sources through."""
    return any(map(_narrows, statement.conditions))


def _narrows(condition: Condition) -> bool:
    fixed = _FIXED.get(condition.key.lower())
    if fixed is None or not demands_key(condition) or "Not" in condition.operator:
        return False
    if condition.operator == "Null":
        return False
    return all(fixed(value) for value in condition.values)


def _is_fixed(value: str) -> bool:
    return "*" not in value and "?" not in value and "${" not in value


def _is_account(value: str) -> bool:
    return _ACCOUNT.fullmatch(value) is not None


def _has_account(value: str) -> bool:
    """An ARN of a fixed account, or of a fixed bucket, whose ARN has no account."""
    parts = value.split(":", 5)
    if len(parts) < 6:
        return False
    return _is_account(parts[4]) or (parts[2] == "s3" and not parts[4] and _is_fixed(parts[5]))


def _is_org(value: str) -> bool:
    return value.startswith(("o-", "${aws:PrincipalOrgID}", "${aws:ResourceOrgID}")) and _is_fixed(value)


def _is_org_path(value: str) -> bool:
    return value.startswith("o-") and _is_fixed(value.partition("/")[0])


def _is_network(value: str) -> bool:
    network = read_network(value)
    return network is not None and network.prefixlen >= _WIDEST[network.version]


def _is_user_id(value: str) -> bool:
    """A fixed ID; a role's, which begins with ``AROA``, may be followed by any session name."""
    head, _, rest = value.partition(":")
    return bool(head) and _is_fixed(head) and (_is_fixed(rest) or bool(_ALL.fullmatch(rest)))


_FIXED: dict[str, Callable[[str], bool]] = {
    "aws:principalorgid": _is_org,
    "aws:sourceorgid": _is_org,
    "aws:vpceorgid": _is_org,
    "aws:principalorgpaths": _is_org_path,
    "aws:sourceorgpaths": _is_org_path,
    "aws:vpceorgpaths": _is_org_path,
    "aws:principalaccount": _is_account,
    "aws:sourceaccount": _is_account,
    "aws:sourceowner": _is_account,
    "aws:vpceaccount": _is_account,
    "kms:calleraccount": _is_account,
    "s3:dataaccesspointaccount": _is_account,
    "aws:principalarn": _has_account,
    "aws:sourcearn": _has_account,
    "s3:dataaccesspointarn": _has_account,
    "aws:sourcevpc": _is_fixed,
    "aws:sourcevpce": _is_fixed,
    "aws:userid": _is_user_id,
    "aws:principalservicename": _is_fixed,
    "aws:sourceip": _is_network,
}
