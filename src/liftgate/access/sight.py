"""Who may see which request and grant: the requester, the entitlement's reviewers, guards and auditors."""

from liftgate.catalogue.model import Catalogue

_NOBODY: frozenset[str] = frozenset()


def sees_all(person_id: str, catalogue: Catalogue) -> bool:
    """Whether somebody may see every request, every grant and the ledger."""
    return is_guard(person_id, catalogue) or person_id in catalogue.auditors


def is_guard(person_id: str, catalogue: Catalogue) -> bool:
    """Whether somebody may take back anything."""
    return person_id in catalogue.guards


def may_see(
    person_id: str,
    *,
    requester: str,
    entitlement: str,
    catalogue: Catalogue,
    stands_for: frozenset[str] = _NOBODY,
) -> bool:
    """Whether somebody may see a request, or the grant that it became; ``stands_for``: reviewers who are away, of whom they are
    the delegate.
    """
    return (
        person_id == requester
        or sees_all(person_id, catalogue)
        or entitlement in reviewable_entitlements(person_id, catalogue, stands_for)
    )


def reviewable_entitlements(
    person_id: str, catalogue: Catalogue, stands_for: frozenset[str] = _NOBODY
) -> frozenset[str]:
    """The entitlements of which somebody is a reviewer now, or may answer for one who is away."""
    mine = catalogue.duties_of(person_id)
    for_others = (
        name
        for other in stands_for
        for name in catalogue.duties_of(other).answers
        if catalogue.entitlements[name].review.delegable
    )
    return mine.answers | mine.looks_at | frozenset(for_others)
