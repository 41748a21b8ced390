"""Says who: the principals of a resource's policy or of a role's trust policy.

>>> people(Principals((("AWS", "*"),)))
'ANYONE, signed in or not,'
>>> people(Principals((("AWS", "arn:aws:iam::111122223333:role/ops/deploy"), ("Service", "cloudtrail.amazonaws.com"))))
'the role ops/deploy of account 111122223333 and the service cloudtrail'
"""

import re
from collections.abc import Callable

from liftgate.iam.explaining.listing import either, joined
from liftgate.iam.explaining.quoting import quoted, shown
from liftgate.iam.policy import Principals

_ACCOUNT = re.compile(r"(?:arn:[a-z-]+:iam::)?(\d{12})(?::root)?", re.ASCII)
_IN_ACCOUNT = re.compile(
    r"arn:[a-z-]+:(?:iam|sts)::(\d{12}):(user|role|federated-user|saml-provider|oidc-provider|assumed-role)/([^*?]+)",
    re.ASCII,
)
_SERVICE = re.compile(r"([a-z0-9-]+)\.amazonaws\.com", re.ASCII)


def is_anyone(principals: Principals | None) -> bool:
    """Whether callers without credentials are meant, or all but a few."""
    return principals is not None and (principals.negated or any(one == "*" for _, one in principals.values))


def people(principals: Principals) -> str:
    """Who is let in, as a sentence's subject."""
    if not principals.negated and is_anyone(principals):
        return "ANYONE, signed in or not,"
    named = [_person(kind, value) for kind, value in sorted(set(principals.values))]
    return f"ANYONE, signed in or not, EXCEPT {either(named)}" if principals.negated else joined(named)


def nobody(principals: Principals) -> str:
    """Who is kept out, as the subject of a sentence that goes on with ``MAY NOT``, or without ``NOT``: ``NOBODY MAY``."""
    named = [_person(kind, value) for kind, value in sorted(set(principals.values))]
    if principals.negated:
        return f"NOBODY EXCEPT {either(named)} MAY"
    return "NOBODY, signed in or not, MAY" if is_anyone(principals) else f"{joined(named)} MAY NOT"


def _person(kind: str, value: str) -> str:
    return _SAID.get(kind, _other)(value)


def _aws(value: str) -> str:
    account = _ACCOUNT.fullmatch(value)
    if account:
        return f"account {account[1]} (whomever it lets)"
    found = _IN_ACCOUNT.fullmatch(value)
    if found is None:
        return f"the principal {quoted(value)}"
    number, kind, name = found.groups()
    if kind == "assumed-role":
        role, _, session = name.partition("/")
        return f"the session {shown(session)} of the role {shown(role)} of account {number}"
    words = {"federated-user": "federated user"}.get(kind, kind)
    return f"the {words} {shown(name)} of account {number}"


def _service(value: str) -> str:
    found = _SERVICE.fullmatch(value)
    return f"the service {found[1] if found else quoted(value)}"


def _federated(value: str) -> str:
    found = _IN_ACCOUNT.fullmatch(value)
    if found is None:
        return f"whoever signs in through {shown(value)}"
    number, kind, name = found.groups()
    words = {"saml-provider": "the SAML provider", "oidc-provider": "the OpenID provider"}.get(kind, kind)
    return f"whoever signs in through {words} {shown(name)} of account {number}"


def _canonical(value: str) -> str:
    return f"the account with the canonical id {shown(value)}"


def _other(value: str) -> str:
    return quoted(value)


_SAID: dict[str, Callable[[str], str]] = {
    "AWS": _aws,
    "Service": _service,
    "Federated": _federated,
    "CanonicalUser": _canonical,
}
