"""What is thought of one call: whether it stayed inside what was granted, and if not, how it left it.

The rules of IAM and of S3's operations are those of ``liftgate.iam``; there are no others here.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

import msgspec

from liftgate.iam.errors import UnknownOperation, UnknownTarget
from liftgate.iam.request import Request
from liftgate.iam.s3.calls import calls_of
from liftgate.iam.s3.carried import is_given, told
from liftgate.iam.s3.need import Need
from liftgate.iam.s3.operations import NEEDS
from liftgate.iam.s3.trail import parameters_of
from liftgate.watch.attribution import Attribution, TakenOver, UnderGrant, WithoutGrant
from liftgate.watch.event import Event
from liftgate.watch.known import KnownGrant
from liftgate.watch.scoped import Likeness, keep_allowed, scoped, was_allowed
from liftgate.watch.tampering import tampers_with

_S3 = "s3.amazonaws.com"


class Verdict(StrEnum):
    """What a call was."""

    EXPECTED = "expected"  # inside scope and window
    OUTSIDE_SCOPE = "outside_scope"
    OUTSIDE_WINDOW = "outside_window"  # before it, after it, or after the grant was taken back
    TAMPERING = "tampering"  # with permissions, or with what records them, outside scope
    UNCLEAR = "unclear"  # the record does not tell enough: the keys of a DeleteObjects, an operation that is not known
    NO_GRANT = "no_grant"  # by an elevated role, with no grant behind it
    ROLE_TAKEN = "role_taken"  # an elevated role was assumed by somebody but the broker
    UNRELATED = "unrelated"  # none of Liftgate's business, or nothing is known of grants


class Judged(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One call and what is thought of it."""

    event: Event
    attribution: Attribution
    verdict: Verdict
    because: str  # one sentence without a full stop; empty where it was expected
    tampers: str | None = None  # with what, in words; whether or not it was allowed to

    @property
    def grant(self) -> KnownGrant | None:
        """The grant under which it was made."""
        return self.attribution.grant if isinstance(self.attribution, UnderGrant) else None

    @property
    def calls(self) -> tuple[Request, ...]:
        """What it asked of IAM, as far as the record tells; of a call under a grant."""
        return calls_in(self.event)[0] if isinstance(self.attribution, UnderGrant) else ()


def judge(event: Event, attribution: Attribution) -> Judged:
    """What is thought of a call that was attributed."""
    tampers = tampers_with(event)
    if isinstance(attribution, UnderGrant):
        verdict, because = _under(event, attribution, tampers)
    elif isinstance(attribution, WithoutGrant):
        verdict, because = Verdict.NO_GRANT, attribution.because
    elif isinstance(attribution, TakenOver):
        verdict, because = Verdict.ROLE_TAKEN, "an elevated role was assumed by somebody but Liftgate"
    else:
        verdict, because = Verdict.UNRELATED, ""
    return Judged(event=event, attribution=attribution, verdict=verdict, because=because, tampers=tampers)


def calls_in(event: Event) -> tuple[tuple[Request, ...], str | None]:
    """What the event asked of IAM; where the record does not tell, nothing and the reason."""
    if event.event_source == _S3:
        try:
            parameters = parameters_of(event.request_parameters)
            return calls_of(event.event_name, parameters, partition=event.partition), None
        except (UnknownOperation, UnknownTarget) as fault:
            return (), str(fault)
    service = event.event_source.removesuffix(".amazonaws.com")
    keys = [one.arn for one in event.resources or () if one.arn] or ["*"]
    via = _via_service(event) if service == "kms" else None
    context = {} if via is None else {"kms:ViaService": via}
    return tuple(
        Request(action=f"{service}:{event.event_name}", resource=arn, context=context) for arn in keys
    ), None


def _via_service(event: Event) -> str | None:
    """The service that used a key in the caller's name, as IAM names it: with its Region, which `invokedBy` leaves out."""
    by = event.user_identity.invoked_by
    sealed = (event.request_parameters or {}).get("encryptionContext")
    is_s3 = by in _S3_ITSELF or (
        by == "AWS Internal" and isinstance(sealed, Mapping) and "aws:s3:arn" in sealed
    )
    if not is_s3:
        return by
    return f"s3.{event.aws_region}.amazonaws.com{'.cn' if event.partition == 'aws-cn' else ''}"


_S3_ITSELF = frozenset({"s3.amazonaws.com", "fas.s3.amazonaws.com"})


def _under(event: Event, attribution: UnderGrant, tampers: str | None) -> tuple[Verdict, str]:
    grant = attribution.grant
    in_place_read = attribution.by == "in place" and event.read_only  # what the role may do all day
    if in_place_read or (event.event_source == _STS and event.event_name in _HARMLESS):
        return Verdict.EXPECTED, ""
    late = _outside_window(event, grant)
    if late is not None:
        return Verdict.OUTSIDE_WINDOW, late
    likeness = scoped(grant.scope).likeness(event)
    return (Verdict.EXPECTED, "") if was_allowed(likeness) else _by_scope(event, grant, tampers, likeness)


def _by_scope(
    event: Event, grant: KnownGrant, tampers: str | None, likeness: Likeness | None
) -> tuple[Verdict, str]:
    calls, unclear = calls_in(event)
    policies = scoped(grant.scope).policies
    beyond = next((call for call in calls if not policies.evaluate(call).allowed), None)
    if unclear is None and beyond is None:
        keep_allowed(likeness)
        return Verdict.EXPECTED, ""
    if tampers is not None:
        return Verdict.TAMPERING, f"it changes {tampers}, which was not granted"
    if beyond is None:
        return _unclear(event, grant, unclear or "")
    return Verdict.OUTSIDE_SCOPE, f"{beyond.action} on {beyond.resource} was not granted"


# Permission to do these cannot be taken away, and they tell nothing.
_STS = "sts.amazonaws.com"
_HARMLESS = frozenset({"GetCallerIdentity"})


def _outside_window(event: Event, grant: KnownGrant) -> str | None:
    if event.event_time < grant.window.starts_at:
        return "it came before the window"
    if event.event_time >= grant.window.ends_at:
        return "it came after the window"
    if grant.ended_at is not None and event.event_time >= grant.ended_at:
        return "it came after the grant was ended"
    return None


def _unclear(event: Event, grant: KnownGrant, why: str) -> tuple[Verdict, str]:
    """The record does not name the keys: still it may be plain that all of the bucket, or none of it, is in scope."""
    bucket = (event.request_parameters or {}).get("bucketName")
    needs = NEEDS.get(event.event_name)
    if not isinstance(bucket, str) or not needs:
        return Verdict.UNCLEAR, why
    policies, actions = scoped(grant.scope).policies, _needed(event, needs)
    if any(place.bucket == bucket and place.key == "*" for place in grant.scope.locations) and all(
        policies.evaluate(Request(action=action, resource=f"arn:{place.partition}:s3:::{bucket}/any")).allowed
        for action in actions
        for place in grant.scope.locations
        if place.bucket == bucket
    ):
        return Verdict.EXPECTED, ""
    if not actions <= grant.scope.actions or all(place.bucket != bucket for place in grant.scope.locations):
        return Verdict.OUTSIDE_SCOPE, f"{event.event_name} in {bucket} was not granted"
    return Verdict.UNCLEAR, why


def _needed(event: Event, needs: Iterable[Need]) -> set[str]:
    try:
        parameters = parameters_of(event.request_parameters)
    except UnknownTarget:
        parameters = {}
    return {
        need.action
        for need in needs
        if not need.when or any(is_given(told(parameters, name)) for name in need.when)
    }
