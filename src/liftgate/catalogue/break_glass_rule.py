"""The rule for emergencies, and whether somebody else can look at each use of it."""

from liftgate.catalogue.fault import FaultKind, FaultList
from liftgate.catalogue.fields import Fields
from liftgate.catalogue.model import BreakGlass
from liftgate.catalogue.names import Directory, Found
from liftgate.catalogue.review_rule import Asked, refuse_services
from liftgate.span import in_words


def read_break_glass(
    fields: Fields, asked: Asked, directory: Directory, faults: FaultList
) -> BreakGlass | None:
    """The rule; None where it is faulty."""
    by, reviewers = directory.find(fields.texts("by")), directory.find(fields.texts("reviewers"))
    longest, within = fields.span("longest"), fields.span("review_within")
    refuse_services(by, directory, faults)
    refuse_services(reviewers, directory, faults)
    if longest and asked.longest is not None and longest.value > asked.longest:
        sentence = f"`{in_words(longest.value)}` is longer than anybody may ask for"
        advice = f"at most `{in_words(asked.longest)}`, the entitlement's `longest`"
        faults.add(FaultKind.BREAK_GLASS_LONGER, longest.place, sentence, advice)
    if by.whole and reviewers.whole:
        _check_looked_at(by, reviewers, fields, faults)
    if not (longest and within):
        return None
    return BreakGlass(by=by.ids, longest=longest.value, review_within=within.value, reviewers=reviewers.ids)


def _check_looked_at(by: Found, reviewers: Found, fields: Fields, faults: FaultList) -> None:
    """Nobody looks at what they did themselves, so there must be somebody else for each."""
    for id_ in sorted(by.ids):
        if not reviewers.ids - {id_}:
            sentence = f"nobody else looks at what `{id_}` does in an emergency"
            faults.add(FaultKind.NOBODY_LOOKS, fields.place_of("reviewers"), sentence, "add a reviewer")
