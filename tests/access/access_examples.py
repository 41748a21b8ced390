"""Values that the tests of ``access`` share: a small catalogue, its people, and a clock that is told what to say."""

from datetime import UTC, datetime, timedelta

from liftgate.access.model import Ask, Demand, Request
from liftgate.catalogue.model import (
    Catalogue,
    Entitlement,
    JustificationRule,
    Mechanism,
    ReviewRule,
    Stage,
    WithoutReview,
)
from liftgate.iam.scope import Location, Scope
from liftgate.identity.model import Caller, Identity, IdentityKind, Person

NOON = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)
REPORTS = Location("reports", "2026/*")
PEOPLE = {
    name: Person(id=name, name=name.title()) for name in ("ada", "grace", "linus", "sec", "audit", "eve")
}


def caller(name: str, *, by: str | None = None) -> Caller:
    """Somebody from the catalogue, by their usual identity or another one."""
    arn = by or f"arn:aws:sts::111122223333:assumed-role/baseline/{name}"
    return Caller(
        person=PEOPLE[name], identity=Identity(kind=IdentityKind.AWS, name=arn, account="111122223333")
    )


def entitlement(
    name: str = "reports-write",
    *,
    approvals: int = 1,
    reviewers: frozenset[str] = frozenset({"grace", "linus"}),
    without_review: WithoutReview | None = None,
    longest: timedelta = timedelta(hours=1),
    actions: frozenset[str] = frozenset({"s3:PutObject", "s3:DeleteObject"}),
    locations: frozenset[Location] = frozenset({REPORTS}),
    requesters: frozenset[str] = frozenset({"ada", "linus"}),
    justification: JustificationRule | None = None,
    mechanism: Mechanism = Mechanism.SESSION,
) -> Entitlement:
    """An entitlement on the reports bucket, reviewed by grace and linus."""
    return Entitlement(
        name=name,
        description="Correct the reports",
        account="111122223333",
        role_arn=f"arn:aws:iam::111122223333:role/liftgate/{name}",
        ceiling=Scope(actions=actions, locations=locations),
        longest=longest,
        requesters=requesters,
        review=ReviewRule(
            stages=(Stage(name="review", reviewers=reviewers, approvals=approvals),),
            lapses_after=timedelta(hours=24),
            without_review=without_review,
        ),
        justification=justification or JustificationRule(at_least=5),
        mechanism=mechanism,
    )


def catalogue(*entitlements: Entitlement) -> Catalogue:
    """A catalogue of these entitlements, with a guard and an auditor."""
    return Catalogue(
        version="0" * 64,
        people=PEOPLE,
        guards=frozenset({"sec"}),
        auditors=frozenset({"audit"}),
        entitlements={item.name: item for item in entitlements or (entitlement(),)},
        identities={},
    )


def ask(
    *places: str,
    actions: frozenset[str] = frozenset({"s3:PutObject"}),
    duration: timedelta = timedelta(minutes=20),
    justification: str = "correct the third quarter",
    entitlement: str | None = None,
    ticket: str | None = None,
    starts_at: datetime | None = None,
    mechanism: Mechanism | None = None,
) -> Ask:
    """An ask for places as a requester types them."""
    from liftgate.iam.s3.location import readings

    return Ask(
        actions=actions,
        places=tuple(readings(place) for place in places or ("s3://reports/2026/",)),
        duration=duration,
        justification=justification,
        entitlement=entitlement,
        ticket=ticket,
        starts_at=starts_at,
        mechanism=mechanism,
    )


def request(
    *,
    requester: str = "ada",
    approvals_needed: int = 1,
    starts_at: datetime | None = None,
    duration: timedelta = timedelta(minutes=20),
) -> Request:
    """A request as ``make_request`` would write it."""
    return Request(
        id="rq-0123456789abcdef",
        requester=requester,
        identity=f"aws:arn:aws:sts::111122223333:assumed-role/baseline/{requester}",
        entitlement="reports-write",
        catalogue_version="0" * 64,
        account="111122223333",
        role_arn="arn:aws:iam::111122223333:role/liftgate/reports-write",
        external_id=None,
        max_session=timedelta(hours=1),
        scope=Scope(actions=frozenset({"s3:PutObject"}), locations=frozenset({REPORTS})),
        duration=duration,
        starts_at=starts_at,
        justification="correct the third quarter",
        ticket=None,
        stages=(Demand(name="review", approvals=approvals_needed),),
        asked_at=NOON,
        lapses_at=NOON + timedelta(hours=24),
    )
