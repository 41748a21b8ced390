"""Between rows and what is wanted of requests, said by reviews and concluded of emergencies."""

import json
from typing import Any, TypeAlias

from sqlalchemy import RowMapping

from liftgate.access.model import Absence, Answer, Conclusion, Demand, Extends, Request, Review

Row: TypeAlias = RowMapping

_ONLY_STAGE = "review"
_SAID = ("request_id", "reviewer", "identity", "comment", "reviewed_at")
_TERMS = ("in_place_of", "scope", "duration")


def terms_of(row: Row) -> dict[str, Any]:
    """What was wanted of a request, from a row with labels ``request_terms_…`` and ``requests_approvals_needed``."""
    if row["request_terms_request_id"] is None:
        approvals = row["requests_approvals_needed"]
        return {"stages": (Demand(name=_ONLY_STAGE, approvals=approvals),) if approvals else ()}
    return {
        "stages": tuple(Demand(**stage) for stage in json.loads(row["request_terms_stages"])),
        "spared": frozenset(json.loads(row["request_terms_spared"])),
        "own_team": frozenset(json.loads(row["request_terms_own_team"])),
    }


def terms_row(request: Request) -> dict[str, Any] | None:
    """Into table ``request_terms``; None where the row of ``requests`` says it all."""
    plain = not request.stages or request.stages == (
        Demand(name=_ONLY_STAGE, approvals=request.approvals_needed),
    )
    if plain and not request.spared and not request.own_team:
        return None
    stages = [
        {"name": one.name, "approvals": one.approvals, "other_team": one.other_team} for one in request.stages
    ]
    return {
        "request_id": request.id,
        "stages": json.dumps(stages),
        "spared": json.dumps(sorted(request.spared)),
        "own_team": json.dumps(sorted(request.own_team)),
    }


def extends_of(row: Row) -> Extends | None:
    """From a row with labels ``extensions_…``."""
    if row["extensions_request_id"] is None:
        return None
    return Extends(grant_id=row["extensions_grant_id"], in_all=row["extensions_in_all"])


def conclusion_of(row: Row) -> Conclusion | None:
    """From a row with labels ``emergencies_…``."""
    if row["emergencies_concluded_at"] is None:
        return None
    return Conclusion(
        request_id=row["emergencies_request_id"],
        by=row["emergencies_by"],
        identity=row["emergencies_identity"],
        justified=row["emergencies_justified"],
        comment=row["emergencies_comment"],
        concluded_at=row["emergencies_concluded_at"],
    )


def review_of(row: Row) -> Review:
    """From a row of ``reviews`` with those of ``review_terms``."""
    terms = {} if row["stage"] is None else {"stage": row["stage"], **{name: row[name] for name in _TERMS}}
    return Review(**{name: row[name] for name in _SAID}, answer=Answer(row["answer"]), **terms)


def review_terms_row(review: Review) -> dict[str, Any] | None:
    """Into table ``review_terms``; None where the row of ``reviews`` says it all."""
    terms = {name: getattr(review, name) for name in _TERMS}
    if review.stage == _ONLY_STAGE and not any(value is not None for value in terms.values()):
        return None
    return {
        "request_id": review.request_id,
        "reviewer": review.reviewer,
        "stage": review.stage,
        **terms,
    }


def absence_of(row: Row) -> Absence:
    """From table ``absences``."""
    return Absence(**row)
