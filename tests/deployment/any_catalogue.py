"""Catalogues of any kind, with names and texts that would end a comment, a string or a block where they are not written as they stand."""

from datetime import timedelta

from hypothesis import strategies as st
from tests.access import access_examples as examples
from tests.deployment.deployed import HOME, OTHER

from liftgate.catalogue.model import Catalogue, Entitlement, Mechanism
from liftgate.errors import LiftgateError
from liftgate.iam.compile import role_policy
from liftgate.iam.s3.actions import expand_actions
from liftgate.iam.s3.location import parse_location
from liftgate.iam.scope import Location, Scope

NAME = st.from_regex(r"[A-Za-z0-9_+=,.@-]{1,20}", fullmatch=True)
# What would end a comment, a string or a block, or be filled in, where somebody forgot to write it as it stands.
HOSTILE = [
    "\n}",
    '"',
    "\\",
    "${aws:username}",
    "%{ if true }",
    "# x",
    ": ",
    "- ",
    "é",
    "漢",
    "🙂",
    "'",
    "*/",
    "\u2028",
    "{{",
    "\x85",
]
KEYS = [
    f"arn:aws:kms:{region}:{account}:key/0d1f8a5e-9c3b-4b55-8a55-2f4d7c1e9a10"
    for region in ("eu-central-1", "us-east-1")
    for account in (HOME, OTHER)
]
TEXT = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=5), max_size=6).map("".join)


@st.composite
def places(draw: st.DrawFn) -> frozenset[Location]:
    """Some that can be written in a catalogue."""
    found = set()
    for _ in range(draw(st.integers(1, 6))):
        bucket = draw(st.from_regex("[a-z][a-z0-9]{2,10}", fullmatch=True))
        try:
            found.add(parse_location(f"s3://{bucket}/{draw(TEXT)}/"))
        except LiftgateError:
            found.add(parse_location(f"s3://{bucket}/"))
    return frozenset(found)


@st.composite
def entitlements(draw: st.DrawFn, name: str) -> Entitlement:
    account = draw(st.sampled_from([HOME, OTHER]))
    path = draw(st.sampled_from(["", "liftgate/", "a/b/"]))
    scope = Scope(
        actions=expand_actions(draw(st.sampled_from([["write"], ["write", "delete"], ["tag"]]))),
        locations=draw(places()),
        kms_keys=draw(st.frozensets(st.sampled_from(KEYS), max_size=2)),
    )
    role_policy(scope)
    return Entitlement(
        name=name,
        description=draw(TEXT) or "none",
        account=account,
        role_arn=f"arn:aws:iam::{account}:role/{path}{draw(NAME)}",
        ceiling=scope,
        longest=timedelta(hours=1),
        requesters=frozenset({"ada"}),
        review=examples.entitlement().review,
        justification=examples.entitlement().justification,
        mechanism=draw(st.sampled_from([Mechanism.SESSION, Mechanism.SESSION, Mechanism.IN_PLACE])),
        max_session=timedelta(hours=draw(st.integers(1, 12))),
    )


@st.composite
def catalogues(draw: st.DrawFn) -> Catalogue:
    """With one ARN for each role's name, and one way for each role, as a catalogue's rules have it."""
    found: dict[tuple[str, str], Entitlement] = {}
    for number in range(draw(st.integers(1, 5))):
        one = draw(entitlements(f"entitlement-{number}"))
        found.setdefault((one.account, one.role_arn.rsplit("/", 1)[-1].lower()), one)
    return examples.catalogue(*found.values())
