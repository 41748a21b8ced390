"""``Principal`` and ``NotPrincipal``: who is meant, in every spelling that AWS takes.

Sources: "AWS JSON policy elements: Principal" and "… NotPrincipal", "IAM identifiers", IAM User Guide; "RCP syntax", AWS
Organizations User Guide.
"""

import re
from typing import Any

from liftgate.iam.language.kind import NAMES_PRINCIPALS, Kind
from liftgate.iam.language.misfit import Misfit, nearest, quoted
from liftgate.iam.language.texts import either, texts
from liftgate.iam.policy import Principals

EVERYONE = Principals((("*", "*"),))

_ACCOUNT = r"(?:\d{12}|aws|cloudfront)"
# Any character of a path but what a policy would mean as a wildcard or a variable: "CreateRole", IAM API Reference.
_PATH = r"(?:(?:(?!\$\{)[!-)+->@-\x7f])*/)?"
_NAMES = {
    # An account by number or as its root; a user, role or session; or the id of a user or role that was deleted.
    "AWS": re.compile(
        rf"\*|\d{{12}}|A(?:IDA|ROA)[A-Z0-9]{{4,124}}"
        rf"|arn:aws[a-z-]*:iam::{_ACCOUNT}:(?:root|(?:user|role)/{_PATH}[\w+=,.@ -]+)"
        rf"|arn:aws[a-z-]*:sts::{_ACCOUNT}:(?:assumed-role/[\w+=,.@-]+/[\w+=,.@-]+|federated-user/[\w+=,.@-]+)",
        re.ASCII,
    ),
    "Service": re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"),
    "Federated": re.compile(
        r"(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]+(?:/[\w./-]*)?"
        r"|arn:aws[a-z-]*:iam::\d{12}:(?:saml|oidc)-provider/[\w+=,.@:/%-]+",
        re.ASCII,
    ),
    "CanonicalUser": re.compile(r"[0-9A-Fa-f]{16,96}"),
}
_ADVICE = {
    "AWS": 'write an account id such as `111122223333`, the ARN of a root, user, role or session, or `"*"`',
    "Service": "write a service, such as `ec2.amazonaws.com`",
    "Federated": "write a provider, such as `accounts.google.com` or the ARN of a SAML or OIDC provider",
    "CanonicalUser": "write the 64 hexadecimal digits of a canonical user id",
}
_GROUP = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:group/.*", re.ASCII | re.DOTALL)


def principals(parts: dict[str, Any], kind: Kind) -> Principals | None:
    """Whom a statement names; None in the kinds that name nobody. Raises ``Misfit``."""
    name = either(parts, "Principal", "NotPrincipal")
    if kind not in NAMES_PRINCIPALS:
        if name is not None:
            raise Misfit((name,), f"a policy of the kind `{kind}` names no principals", "take it out")
        return None
    if name is None:
        raise Misfit((), "the statement names no `Principal`", 'write `"Principal": {"AWS": "<ARN>"}`')
    value = parts[name]
    if kind is Kind.RCP and (name != "Principal" or value != "*"):
        raise Misfit(
            (name,),
            'a resource control policy speaks of everyone: `"Principal": "*"`',
            "write it, and name in a `Condition` whom you mean",
        )
    if value == "*":
        return EVERYONE if name == "Principal" else Principals(EVERYONE.values, negated=True)
    return Principals(tuple(_named(name, value)), negated=name == "NotPrincipal")


def _named(name: str, value: Any) -> list[tuple[str, str]]:
    if not isinstance(value, dict):
        raise Misfit(
            (name,), "a principal is a JSON object", 'write `{"AWS": "<ARN>"}`, or `"*"` for everyone'
        )
    found = []
    for of, listed in value.items():
        if of not in _NAMES:
            raise Misfit(
                (name, of),
                f"{quoted(of)} is not an element of a principal",
                nearest(of, _NAMES, "the elements are " + ", ".join(f"`{one}`" for one in _NAMES)),
            )
        fits = _NAMES[of].fullmatch
        for number, one in enumerate(texts(listed, "principal", name, of)):
            if not fits(one):
                _refuse((name, of, number) if isinstance(listed, list) else (name, of), of, one)
            found.append((of, one))
    if not found:
        raise Misfit((name,), "the principal names nobody", _ADVICE["AWS"])
    return found


def _refuse(path: tuple[str | int, ...], of: str, value: str) -> None:
    advice = _ADVICE[of]
    if "*" in value or "?" in value:
        sentence = f"a principal has no wildcards, and {quoted(value)} has one"
        if of == "AWS":
            advice = 'write `"*"`, and the pattern in a condition on `aws:PrincipalArn`'
    elif _GROUP.fullmatch(value):
        sentence, advice = (
            f"{quoted(value)} is a group, and a group is no principal",
            "name its users, or a role",
        )
    else:
        sentence = f"{quoted(value)} is not a principal of the kind `{of}`"
    raise Misfit(path, sentence, advice)
