"""Policies in JSON, of every kind and in every spelling that AWS takes."""

import json
import re
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from liftgate.iam.language.condition import OPERATORS
from liftgate.iam.parse import Kind

POLICIES = Path(__file__).parent / "policies"
_READ = re.compile("Date|Numeric|IpAddress")  # operators whose values are checked

_names = st.text("abcXYZ019", min_size=1, max_size=5)
_values = st.text(max_size=6) | st.sampled_from(
    [
        "${aws:username}",
        "${aws:PrincipalTag/team, 'none'}",
        "${*}${?}${$}",
        "${",
        "a*b?",
        "ü",
        "\U0001f600",
        "a b\tc\n",
    ]
)
_accounts = st.sampled_from(["111122223333", "444455556666"])
_PRINCIPALS = {
    "AWS": st.sampled_from(
        [
            "*",
            "111122223333",
            "arn:aws:iam::111122223333:root",
            "arn:aws:iam::111122223333:user/team/ada",
            "arn:aws-cn:iam::111122223333:role/dev",
            "arn:aws:sts::111122223333:assumed-role/dev/a.b+c=d,e-f_g@example.com",
            "arn:aws:sts::111122223333:federated-user/fiona",
            "AIDACKCEVSQ6C2EXAMPLE",
            "AROADBQP57FF2AEXAMPLE",
        ]
    ),
    "Service": st.sampled_from(["ec2.amazonaws.com", "logs.eu-west-1.amazonaws.com", "ec2.amazonaws.com.cn"]),
    "Federated": st.sampled_from(
        [
            "accounts.google.com",
            "arn:aws:iam::111122223333:saml-provider/Example",
            "cognito-identity.amazonaws.com",
        ]
    ),
    "CanonicalUser": st.sampled_from(["79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"]),
}


def corpus() -> list[tuple[Kind, str, str]]:
    """The kind, name and text of every policy under ``policies/``."""
    return [
        (Kind(path.stem), entry["name"], json.dumps(entry["policy"]))
        for path in sorted(POLICIES.glob("*.json"))
        for entry in json.loads(path.read_text(encoding="utf-8"))
    ]


def one_or_many(one: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A value as it stands, or a list of some."""
    return one | st.lists(one, min_size=1, max_size=3)


@st.composite
def documents(draw: st.DrawFn, kind: Kind) -> dict[str, Any]:
    """A policy of this kind, as JSON's objects and arrays."""
    statements = draw(
        st.lists(statements_of(kind), min_size=1, max_size=3, unique_by=lambda one: one.get("Sid", id(one)))
    )
    document: dict[str, Any] = {}
    if draw(st.booleans()):
        document["Id"] = draw(st.text(max_size=5))
    document["Statement"] = statements[0] if len(statements) == 1 and draw(st.booleans()) else statements
    versions = ["2012-10-17"] if kind in {Kind.SCP, Kind.RCP} else ["2012-10-17", "2008-10-17", None]
    version = draw(st.sampled_from(versions))
    return document if version is None else document | {"Version": version}


@st.composite
def statements_of(draw: st.DrawFn, kind: Kind) -> dict[str, Any]:
    """A statement of a policy of this kind."""
    is_rcp, is_trust = kind is Kind.RCP, kind is Kind.TRUST
    said: dict[str, Any] = {"Effect": "Deny" if is_rcp else draw(st.sampled_from(["Allow", "Deny"]))}
    if draw(st.booleans()):
        said["Sid"] = draw(_names)
    actions = (
        ["sts:AssumeRole", "sts:TagSession"]
        if is_trust
        else ["*", "s3:Get*", "S3:putobject", "execute-api:Invoke"]
    )
    name = "Action" if is_rcp or draw(st.booleans()) else "NotAction"
    said[name] = draw(one_or_many(st.sampled_from(actions)))
    if not is_trust:
        arns = st.builds("arn:aws:s3:::{}/{}".format, _names, _values)
        said[draw(st.sampled_from(["Resource", "NotResource"]))] = draw(one_or_many(st.just("*") | arns))
    if is_rcp:
        said["Principal"] = "*"
    elif kind in {Kind.RESOURCE, Kind.TRUST}:
        said[draw(st.sampled_from(["Principal", "NotPrincipal"]))] = draw(principals())
    if draw(st.booleans()):
        said["Condition"] = draw(blocks())
    return said


def principals() -> st.SearchStrategy[Any]:
    """A ``Principal``, in any spelling."""
    kinds = st.lists(st.sampled_from(sorted(_PRINCIPALS)), min_size=1, unique=True)
    return st.just("*") | kinds.flatmap(
        lambda chosen: st.fixed_dictionaries({kind: one_or_many(_PRINCIPALS[kind]) for kind in chosen})
    )


def blocks() -> st.SearchStrategy[dict[str, Any]]:
    """A ``Condition``: any operators, qualified or not, on any keys, also on one key in two spellings."""
    operators = st.builds(
        "{}{}{}".format,
        st.sampled_from(["", "ForAllValues:", "ForAnyValue:"]),
        st.sampled_from(sorted(name for name in OPERATORS if not _READ.search(name))),
        st.sampled_from(["", "IfExists"]),
    )
    keys = st.sampled_from(["aws:username", "aws:UserName", "s3:prefix", "aws:RequestTag/ü", "saml:aud"])
    scalars = _values | st.booleans() | st.integers() | st.decimals(-10, 10, places=2).map(float)
    dates = st.sampled_from(["2026-11-24T09:00:00Z", "2026-11", "2026-11-24", 1795510800, "1795510800"])
    bools = st.sampled_from([True, False, "true", "false", "TRUE"])
    block = st.dictionaries(operators, st.dictionaries(keys, one_or_many(scalars), max_size=3), max_size=3)
    of_dates = st.fixed_dictionaries(
        {}, optional={"DateLessThanIfExists": st.dictionaries(keys, one_or_many(dates))}
    )
    numbers = (
        st.integers(-(10**30) + 1, 10**30 - 1) | st.decimals(-10, 10, places=2).map(float) | st.just("ten")
    )
    addresses = st.sampled_from(["203.0.113.0/24", "203.0.113.7", "2001:db8::/32", "203.0.113.*"])
    of_numbers = st.fixed_dictionaries(
        {}, optional={"NumericLessThan": st.dictionaries(keys, one_or_many(numbers), max_size=3)}
    )
    of_addresses = st.fixed_dictionaries(
        {}, optional={"NotIpAddressIfExists": st.dictionaries(keys, one_or_many(addresses), max_size=3)}
    )
    of_nulls = st.fixed_dictionaries({}, optional={"Null": st.dictionaries(keys, one_or_many(bools))})
    return st.builds(
        lambda *parts: {k: v for part in parts for k, v in part.items()},
        block,
        of_dates,
        of_numbers,
        of_addresses,
        of_nulls,
    )
