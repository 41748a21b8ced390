"""Finds entitlements by what people remember of them: a name, a word of the description, a person, a team, a bucket, a prefix."""

from collections.abc import Iterator

from liftgate.catalogue.model import Catalogue, Entitlement


def is_about(entitlement: Entitlement, wanted: str, catalogue: Catalogue, *, with_requesters: bool) -> bool:
    """Whether each word of ``wanted`` stands in something of an entitlement; capitals do not count.

    ``with_requesters``: whether who may ask for it may be told. Where it may not, it is not searched either.
    """
    words = wanted.casefold().split()
    if not words:
        return True
    texts = [text.casefold() for text in _texts(entitlement, catalogue, with_requesters=with_requesters)]
    return all(any(word in text for text in texts) for word in words)


def _texts(entitlement: Entitlement, catalogue: Catalogue, *, with_requesters: bool) -> Iterator[str]:
    yield from (entitlement.name, entitlement.description, entitlement.account, entitlement.role_arn)
    yield from map(str, entitlement.ceiling.locations)
    yield from entitlement.ceiling.actions
    people = entitlement.reviewers | (entitlement.requesters if with_requesters else frozenset())
    for person_id in people:
        yield person_id
        if person_id in catalogue.people:
            yield catalogue.people[person_id].name
    for name, members in (*catalogue.teams.items(), *catalogue.groups.items()):
        if members & people:
            yield name
