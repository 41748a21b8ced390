"""Between what was seen in CloudTrail and its rows."""

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from liftgate.iam.request import Request
from liftgate.store.rows import Row
from liftgate.watch.activity import Activity
from liftgate.watch.finding import Answer, Finding, Severity
from liftgate.watch.ports import CallGroup, FindingRecord, SetAside
from liftgate.watch.settlement import Call
from liftgate.watch.verdict import Verdict

_ACTIVITY = tuple(field.name for field in fields(Activity))
_FINDING = tuple(field.name for field in fields(Finding))


def activity_of(row: Mapping[Any, Any]) -> Activity:
    """From table ``activities``."""
    return Activity(**_read(row))


def call_of(row: Mapping[Any, Any]) -> Call:
    """From those columns of it that count."""
    return Call(**_read(row))


def _read(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        **row,
        "verdict": Verdict(row["verdict"]),
        "requests": tuple(_request(one) for one in json.loads(row["requests"])),
    }


def activity_row(activity: Activity) -> dict[str, Any]:
    """Into table ``activities``."""
    row = {name: getattr(activity, name) for name in _ACTIVITY}
    requests = [[one.action, one.resource, dict(one.context)] for one in activity.requests]
    return {**row, "verdict": activity.verdict.value, "requests": json.dumps(requests)}


def finding_of(row: Row) -> FindingRecord:
    """From table ``findings``."""
    found = {name: row[name] for name in _FINDING}
    return FindingRecord(
        finding=Finding(
            **{
                **found,
                "severity": Severity(row["severity"]),
                "answer": Answer(row["answer"]),
                "event_ids": tuple(json.loads(row["event_ids"])),
            }
        ),
        found_at=row["found_at"],
        entitlement=row["entitlement"],
    )


def finding_row(record: FindingRecord) -> dict[str, Any]:
    """Into table ``findings``."""
    finding = record.finding
    return {
        **{name: getattr(finding, name) for name in _FINDING},
        "severity": finding.severity.value,
        "answer": finding.answer.value,
        "event_ids": json.dumps(finding.event_ids),
        "found_at": record.found_at,
        "entitlement": record.entitlement,
    }


def set_aside_row(found: SetAside) -> dict[str, Any]:
    """Into table ``set_aside``."""
    return {
        "id": found.id,
        "reason": found.reason,
        "source": found.source,
        "excerpt": found.excerpt,
        "at": found.at,
    }


def group_of(row: Row) -> CallGroup:
    """From calls that are alike, counted."""
    return CallGroup(**{**row, "verdict": Verdict(row["verdict"])})


def _request(kept: list[Any]) -> Request:
    action, resource, context = kept
    return Request(
        action=action,
        resource=resource,
        context={key: value if isinstance(value, str) else tuple(value) for key, value in context.items()},
    )
