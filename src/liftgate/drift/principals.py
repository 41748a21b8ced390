"""What a principal in a policy stands for."""

import re
from typing import Final

_ACCOUNT: Final = re.compile(r"(?:arn:[^:]*:iam::)?(\d{12})(?::root)?")
_ARN: Final = re.compile(r"arn:[^:]*:(?:iam|sts)::(\d{12}):.+")
_SESSION: Final = re.compile(r"arn:[^:]*:sts::(\d{12}):assumed-role/([^/]+)/.+")
_DELETED: Final = re.compile("A(?:ROA|IDA)[A-Z0-9]+")  # what IAM leaves of a user or role that was deleted

Pair = tuple[str, str]


def is_everybody(pair: Pair) -> bool:
    """``*`` or ``{"AWS": "*"}``."""
    return pair[0] in {"*", "AWS"} and pair[1] == "*"


def is_account(pair: Pair) -> bool:
    """All of an account, as far as its own policies let them."""
    return pair[0] == "AWS" and _ACCOUNT.fullmatch(pair[1]) is not None


def is_nobody(pair: Pair) -> bool:
    """A user or role that was deleted: one of the same name made anew is another."""
    return pair[0] == "AWS" and _DELETED.fullmatch(pair[1]) is not None


def account_in(pair: Pair) -> str | None:
    """The account that a principal is, or is of; None where it is of none, or everybody."""
    if pair[0] != "AWS":
        return None
    match = _ACCOUNT.fullmatch(pair[1]) or _ARN.fullmatch(pair[1])
    return match[1] if match else None


def session_in(pair: Pair) -> tuple[str, str] | None:
    """Account and name of the role whose session a principal is."""
    match = _SESSION.fullmatch(pair[1]) if pair[0] == "AWS" else None
    return (match[1], match[2]) if match else None


def who(pair: Pair) -> str:
    """A principal in words."""
    if is_everybody(pair):
        return "everybody"
    if is_account(pair):
        return f"all of account {account_in(pair)}"
    return pair[1]
