"""A catalogue as one canonical JSON text, so that the rules under which a grant was made can be kept beside it.

Sets are sorted, spans are whole seconds, and the text follows RFC 8785, so equal catalogues have equal texts. A set of
people is written once, however many entitlements name it, and referred to by its number. The text's SHA-256 is the
catalogue's version: who knows the version can tell whether a kept text was altered.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

import rfc8785

from liftgate.catalogue.errors import SnapshotCorrupt
from liftgate.catalogue.model import (
    Catalogue,
    Entitlement,
    JustificationRule,
    Mechanism,
    WhenDown,
)
from liftgate.catalogue.snapshot_rules import (
    Json as _Json,
)
from liftgate.catalogue.snapshot_rules import (
    People as _People,
)
from liftgate.catalogue.snapshot_rules import (
    beyond_json,
    people_of_rules,
    read_beyond,
    read_review,
    review_json,
    seconds,
    sorted_texts,
)
from liftgate.iam.scope import Location, Scope
from liftgate.identity.model import Person, PersonKind

FORMAT: Final = 1


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
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise SnapshotCorrupt(
            "the kept catalogue cannot be read",
            advice="it was written by another release of Liftgate: use that one, or a newer one",
        ) from error


def digest_of(snapshot: str) -> str:
    """The version that a snapshot's catalogue has."""
    return hashlib.sha256(snapshot.encode(errors="surrogatepass")).hexdigest()


def _catalogue(catalogue: Catalogue) -> _Json:
    sets = sorted(_sets_of_people(catalogue), key=sorted)
    number = {people: index for index, people in enumerate(sets)}
    return {
        "format": FORMAT,
        "people": {id_: _person(person) for id_, person in catalogue.people.items()},
        "sets": [sorted_texts(people) for people in sets],
        "guards": number[catalogue.guards],
        "auditors": number[catalogue.auditors],
        "entitlements": {name: _entitlement(one, number) for name, one in catalogue.entitlements.items()},
        "identities": dict(catalogue.identities),
        "patterns": [[pattern, person] for pattern, person in sorted(catalogue.patterns)],
        **_trusted(catalogue),
        **_for_rules(catalogue, number),
    }


def _for_rules(catalogue: Catalogue, number: Mapping[_People, int]) -> dict[str, _Json]:
    """What only some rules go by: nothing where none does, as for trusted names."""
    return {
        **({"teams": _numbered(catalogue.teams, number)} if catalogue.teams else {}),
        **({"groups": _numbered(catalogue.groups, number)} if catalogue.groups else {}),
        **({"zone": catalogue.zone} if catalogue.zone != "UTC" else {}),
    }


def _numbered(groups: Mapping[str, _People], number: Mapping[_People, int]) -> _Json:
    return {name: number[people] for name, people in groups.items()}


def _trusted(catalogue: Catalogue) -> dict[str, _Json]:
    """Nothing where no names are trusted: a catalogue that does not say so has the version that it had before one could."""
    trusted = catalogue.trusted_session_names
    return {"trusted_session_names": sorted_texts(trusted)} if trusted else {}


def _sets_of_people(catalogue: Catalogue) -> set[_People]:
    entitlements = catalogue.entitlements.values()
    return {
        catalogue.guards,
        catalogue.auditors,
        *(entitlement.requesters for entitlement in entitlements),
        *(people for one in entitlements for people in people_of_rules(one)),
        *catalogue.teams.values(),
        *catalogue.groups.values(),
    }


def _person(person: Person) -> _Json:
    return {"id": person.id, "name": person.name, "kind": person.kind.value}


def _entitlement(entitlement: Entitlement, number: Mapping[_People, int]) -> _Json:
    return {
        "name": entitlement.name,
        "description": entitlement.description,
        "account": entitlement.account,
        "role_arn": entitlement.role_arn,
        "ceiling": _scope(entitlement.ceiling),
        "longest": seconds(entitlement.longest),
        "requesters": number[entitlement.requesters],
        "review": review_json(entitlement.review, number),
        "justification": _justification(entitlement.justification),
        "mechanism": entitlement.mechanism.value,
        "external_id": entitlement.external_id,
        "max_session": seconds(entitlement.max_session),
        **beyond_json(entitlement, number),
    }


def _justification(rule: JustificationRule) -> _Json:
    """Of a tracker nothing where there is none: such a catalogue has the version that it had before there were any."""
    tracker: dict[str, _Json] = {"tracker": rule.tracker, "when_down": rule.when_down.value}
    return {
        "at_least": rule.at_least,
        "ticket_required": rule.ticket_required,
        "ticket_pattern": rule.ticket_pattern,
        **({} if rule.tracker is None else tracker),
    }


def _scope(scope: Scope) -> _Json:
    return {
        "actions": sorted_texts(scope.actions),
        "locations": [[one.partition, one.bucket, one.key] for one in sorted(scope.locations)],
        "kms_keys": sorted_texts(scope.kms_keys),
    }


def _read_catalogue(kept: Mapping[str, Any], version: str) -> Catalogue:
    if kept["format"] != FORMAT:
        raise ValueError(f"unknown format {kept['format']}")
    sets = [frozenset(ids) for ids in kept["sets"]]
    return Catalogue(
        version=version,
        people={
            id_: Person(id=one["id"], name=one["name"], kind=PersonKind(one["kind"]))
            for id_, one in kept["people"].items()
        },
        guards=sets[kept["guards"]],
        auditors=sets[kept["auditors"]],
        entitlements={name: _read_entitlement(one, sets) for name, one in kept["entitlements"].items()},
        identities=dict(kept["identities"]),
        patterns=tuple((pattern, person) for pattern, person in kept["patterns"]),
        trusted_session_names=frozenset(kept.get("trusted_session_names", ())),
        teams={name: sets[one] for name, one in kept.get("teams", {}).items()},
        groups={name: sets[one] for name, one in kept.get("groups", {}).items()},
        zone=kept.get("zone", "UTC"),
    )


def _read_entitlement(kept: Mapping[str, Any], sets: Sequence[_People]) -> Entitlement:
    return Entitlement(
        name=kept["name"],
        description=kept["description"],
        account=kept["account"],
        role_arn=kept["role_arn"],
        ceiling=_read_scope(kept["ceiling"]),
        longest=timedelta(seconds=kept["longest"]),
        requesters=sets[kept["requesters"]],
        review=read_review(kept["review"], sets),
        justification=_read_justification(kept["justification"]),
        mechanism=Mechanism(kept["mechanism"]),
        external_id=kept["external_id"],
        max_session=timedelta(seconds=kept["max_session"]),
        **read_beyond(kept, sets),
    )


def _read_justification(kept: Mapping[str, Any]) -> JustificationRule:
    when_down = WhenDown(kept.get("when_down", WhenDown.REFUSE))
    return JustificationRule(**{**kept, "when_down": when_down})


def _read_scope(kept: Mapping[str, Any]) -> Scope:
    return Scope(
        actions=frozenset(kept["actions"]),
        locations=frozenset(
            Location(bucket=bucket, key=key, partition=partition)
            for partition, bucket, key in kept["locations"]
        ),
        kms_keys=frozenset(kept["kms_keys"]),
    )
