"""A catalogue as one canonical JSON text, so that the rules under which a grant was made can be kept beside it.

Sets are sorted, spans are whole seconds, and the text follows RFC 8785, so equal catalogues have equal texts. The text's
SHA-256 is the catalogue's version: who knows the version can tell whether a kept text was altered.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, TypeAlias

import rfc8785

from liftgate.catalogue.errors import SnapshotCorrupt
from liftgate.catalogue.model import (
    Catalogue,
    Entitlement,
    JustificationRule,
    Mechanism,
    ReviewRule,
    WithoutReview,
)
from liftgate.iam.scope import Location, Scope
from liftgate.identity.model import Person, PersonKind

FORMAT: Final = 1

_Json: TypeAlias = "dict[str, _Json] | list[_Json] | str | int | bool | None"
_SECOND = timedelta(seconds=1)


def to_snapshot(catalogue: Catalogue) -> str:
    """All that a catalogue says, but for its version, which is the digest of this text.

    Raises ValueError for a span that is not whole seconds; the parser makes none.
    """
    return rfc8785.dumps(_catalogue(catalogue)).decode()


def from_snapshot(text: str, *, version: str) -> Catalogue:
    """The catalogue that a text keeps. Raises SnapshotCorrupt where it is not the text of that version."""
    if digest_of(text) != version:
        raise SnapshotCorrupt(
            f"the kept catalogue is not the one of version `{version[:12]}`",
            advice="restore it from a backup, or find out who altered the store",
        )
    try:
        return _read_catalogue(json.loads(text), version)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise SnapshotCorrupt(
            "the kept catalogue cannot be read",
            advice="it was written by another release of Liftgate: use that one, or a newer one",
        ) from error


def digest_of(snapshot: str) -> str:
    """The version that a snapshot's catalogue has."""
    return hashlib.sha256(snapshot.encode(errors="surrogatepass")).hexdigest()


def _catalogue(catalogue: Catalogue) -> _Json:
    return {
        "format": FORMAT,
        "people": {id_: _person(person) for id_, person in catalogue.people.items()},
        "guards": _sorted(catalogue.guards),
        "auditors": _sorted(catalogue.auditors),
        "entitlements": {name: _entitlement(one) for name, one in catalogue.entitlements.items()},
        "identities": dict(catalogue.identities),
        "patterns": [[pattern, person] for pattern, person in sorted(catalogue.patterns)],
    }


def _person(person: Person) -> _Json:
    return {"id": person.id, "name": person.name, "kind": person.kind.value}


def _entitlement(entitlement: Entitlement) -> _Json:
    return {
        "name": entitlement.name,
        "description": entitlement.description,
        "account": entitlement.account,
        "role_arn": entitlement.role_arn,
        "ceiling": _scope(entitlement.ceiling),
        "longest": _seconds(entitlement.longest),
        "requesters": _sorted(entitlement.requesters),
        "review": _review(entitlement.review),
        "justification": {
            "at_least": entitlement.justification.at_least,
            "ticket_required": entitlement.justification.ticket_required,
            "ticket_pattern": entitlement.justification.ticket_pattern,
        },
        "mechanism": entitlement.mechanism.value,
        "external_id": entitlement.external_id,
        "max_session": _seconds(entitlement.max_session),
    }


def _scope(scope: Scope) -> _Json:
    return {
        "actions": _sorted(scope.actions),
        "locations": [[one.partition, one.bucket, one.key] for one in sorted(scope.locations)],
        "kms_keys": _sorted(scope.kms_keys),
    }


def _review(review: ReviewRule) -> _Json:
    without = review.without_review
    return {
        "reviewers": _sorted(review.reviewers),
        "approvals": review.approvals,
        "lapses_after": _seconds(review.lapses_after),
        "without_review": {"longest": _seconds(without.longest), "actions": _sorted(without.actions)}
        if without
        else None,
    }


def _sorted(texts: frozenset[str]) -> list[_Json]:
    return [*sorted(texts)]


def _seconds(span: timedelta) -> int:
    count, rest = divmod(span, _SECOND)
    if rest:
        raise ValueError(f"not a span of whole seconds: {span}")
    return count


def _read_catalogue(kept: Mapping[str, Any], version: str) -> Catalogue:
    if kept["format"] != FORMAT:
        raise ValueError(f"unknown format {kept['format']}")
    return Catalogue(
        version=version,
        people={
            id_: Person(id=one["id"], name=one["name"], kind=PersonKind(one["kind"]))
            for id_, one in kept["people"].items()
        },
        guards=frozenset(kept["guards"]),
        auditors=frozenset(kept["auditors"]),
        entitlements={name: _read_entitlement(one) for name, one in kept["entitlements"].items()},
        identities=dict(kept["identities"]),
        patterns=tuple((pattern, person) for pattern, person in kept["patterns"]),
    )


def _read_entitlement(kept: Mapping[str, Any]) -> Entitlement:
    return Entitlement(
        name=kept["name"],
        description=kept["description"],
        account=kept["account"],
        role_arn=kept["role_arn"],
        ceiling=_read_scope(kept["ceiling"]),
        longest=timedelta(seconds=kept["longest"]),
        requesters=frozenset(kept["requesters"]),
        review=_read_review(kept["review"]),
        justification=JustificationRule(**kept["justification"]),
        mechanism=Mechanism(kept["mechanism"]),
        external_id=kept["external_id"],
        max_session=timedelta(seconds=kept["max_session"]),
    )


def _read_scope(kept: Mapping[str, Any]) -> Scope:
    return Scope(
        actions=frozenset(kept["actions"]),
        locations=frozenset(
            Location(bucket=bucket, key=key, partition=partition)
            for partition, bucket, key in kept["locations"]
        ),
        kms_keys=frozenset(kept["kms_keys"]),
    )


def _read_review(kept: Mapping[str, Any]) -> ReviewRule:
    without = kept["without_review"]
    return ReviewRule(
        reviewers=frozenset(kept["reviewers"]),
        approvals=kept["approvals"],
        lapses_after=timedelta(seconds=kept["lapses_after"]),
        without_review=WithoutReview(
            longest=timedelta(seconds=without["longest"]), actions=frozenset(without["actions"])
        )
        if without
        else None,
    )
