"""Findings and the calls that show them in the Open Cybersecurity Schema Framework, version 1.3.0.

A finding is a Detection Finding (class 2004), a call an API Activity (class 6003) with the cloud profile. Sources:
``events/findings/detection_finding.json``, ``events/application/api_activity.json`` and the objects that they name, in
https://github.com/ocsf/ocsf-schema; for which field of CloudTrail goes where, the mapping of CloudTrail in ocsf/examples.
"""

import ipaddress
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from liftgate import VERSION
from liftgate.watch.event import Event
from liftgate.watch.finding import Finding, Severity

_SCHEMA: Final = "1.3.0"
_SEVERITIES: Final[Mapping[Severity, int]] = {
    Severity.INFORMATIONAL: 1,
    Severity.LOW: 2,
    Severity.MEDIUM: 3,
    Severity.HIGH: 4,
    Severity.CRITICAL: 5,
}
_CREATED: Final = 1  # a finding's activity; also its status: new
_RULE: Final = 1  # an analytic's type
_SUCCESS, _FAILURE = 1, 2
# How operations begin, and which of OCSF's activities that is: create, read, update, delete.
_ACTIVITIES: Final = (
    (1, "Create", ("Create", "Run", "Start", "Upload", "Copy", "Issue", "Assume")),
    (2, "Read", ("Get", "List", "Head", "Describe", "Lookup", "Select", "Download", "BatchGet")),
    (3, "Update", ("Put", "Update", "Modify", "Set", "Attach", "Detach", "Add", "Tag", "Complete", "Restore")),
    (4, "Delete", ("Delete", "Remove", "Terminate", "Abort", "Stop", "Revoke", "Leave")),
)  # fmt: skip
# Types of observables, from ``metaschema`` and ``dictionary.json``.
_IP_ADDRESS, _USER_NAME, _RESOURCE_UID, _OTHER = 2, 4, 10, 99


def detection_finding(finding: Finding, event: Event | None) -> dict[str, Any]:
    """A Detection Finding, as it is created."""
    at = _milliseconds(finding.at)
    whole: dict[str, Any] = _told(
        {
            **_classified("Findings", 2, "Detection Finding", 2004, (_CREATED, "Create")),
            "time": at,
            "severity_id": _SEVERITIES[finding.severity],
            "severity": finding.severity.capitalize(),
            "status_id": _CREATED,
            "status": "New",
            "is_alert": True,
            "message": f"{finding.title}: {finding.because}",
            "metadata": _metadata(finding.id, ["cloud"]),
            "cloud": _cloud(event),
            "finding_info": {
                "uid": finding.id,
                "title": finding.title,
                "desc": finding.because,
                "types": [finding.rule],
                "created_time": at,
                "first_seen_time": at,
                "last_seen_time": at,
                "analytic": {"type_id": _RULE, "type": "Rule", "uid": finding.rule, "name": finding.rule},
                "related_events": [{"uid": one} for one in finding.event_ids],
                "data_sources": ["AWS CloudTrail"],
            },
            "evidences": None if event is None else [_evidence(event)],
            "resources": None if event is None else _resources(event),
            "observables": _observables(finding, event),
            "unmapped": {"grant_id": finding.grant_id, "answer": str(finding.answer)},
        }
    )
    return whole


def api_activity(event: Event) -> dict[str, Any]:
    """An API Activity: the call itself."""
    failed = event.error_code is not None
    whole: dict[str, Any] = _told(
        {
            **_classified("Application Activity", 6, "API Activity", 6003, _activity(event)),
            "time": _milliseconds(event.event_time),
            "severity_id": 1,
            "severity": "Informational",
            "status_id": _FAILURE if failed else _SUCCESS,
            "status": "Failure" if failed else "Success",
            "status_code": event.error_code,
            "status_detail": event.error_message,
            "metadata": {
                **_metadata(event.event_id, ["cloud"]),
                "product": {"name": "CloudTrail", "vendor_name": "AWS"},
                "event_code": event.event_type,
            },
            "cloud": _cloud(event),
            **_evidence(event),
            "resources": _resources(event),
            "http_request": {"user_agent": event.user_agent},
            "observables": _observables(None, event),
        }
    )
    return whole


def _told(value: Any) -> Any:
    """Without what the record does not tell: an attribute of OCSF is there with a value, or not there."""
    if isinstance(value, dict):
        return {name: _told(one) for name, one in value.items() if one is not None}
    return [_told(one) for one in value] if isinstance(value, list) else value


def _classified(
    category: str, category_uid: int, name: str, class_uid: int, activity: tuple[int, str]
) -> dict[str, Any]:
    return {
        "category_uid": category_uid,
        "category_name": category,
        "class_uid": class_uid,
        "class_name": name,
        "activity_id": activity[0],
        "activity_name": activity[1],
        "type_uid": class_uid * 100 + activity[0],
        "type_name": f"{name}: {activity[1]}",
    }


def _metadata(uid: str, profiles: list[str]) -> dict[str, Any]:
    return {
        "version": _SCHEMA,
        "uid": uid,
        "profiles": profiles,
        "product": {"name": "Liftgate", "vendor_name": "Liftgate", "version": VERSION},
    }


def _activity(event: Event) -> tuple[int, str]:
    for number, name, beginnings in _ACTIVITIES:
        if event.event_name.startswith(beginnings):
            return number, name
    return (2, "Read") if event.read_only else (99, "Other")


def _cloud(event: Event | None) -> dict[str, Any]:
    if event is None:
        return {"provider": "AWS"}
    account = event.recipient_account_id or event.user_identity.account_id
    return {
        "provider": "AWS",
        "region": event.aws_region,
        "account": {"uid": account, "type": "AWS Account", "type_id": 10},
    }


def _evidence(event: Event) -> dict[str, Any]:
    """Who called what from where."""
    return {
        "actor": _actor(event),
        "api": {
            "operation": event.event_name,
            "service": {"name": event.event_source},
            "request": {"uid": event.event_id, "data": event.request_parameters},
            "response": {"error": event.error_code, "message": event.error_message},
        },
        "src_endpoint": _endpoint(event),
    }


def _actor(event: Event) -> dict[str, Any]:
    caller = event.user_identity
    context = caller.session_context
    return {
        "user": {
            "name": caller.user_name or event.session_name or caller.arn or "unknown",
            "uid": caller.arn,
            "uid_alt": caller.principal_id,
            "type": caller.type,
            "type_id": _OTHER,
            "credential_uid": caller.access_key_id,
            "account": {"uid": caller.account_id},
        },
        "session": {
            "uid": event.session_name,
            "uid_alt": context.source_identity if context else None,
            "issuer": event.role_arn,
            "credential_uid": caller.access_key_id,
        },
        "app_name": caller.invoked_by,
    }


def _endpoint(event: Event) -> dict[str, Any]:
    """CloudTrail writes a service's name where a service called."""
    source = event.source_ip_address or "unknown"
    is_address = _is_address(source)
    return {
        "ip": source if is_address else None,
        "svc_name": None if is_address else source,
        "vpc_uid": event.vpc_endpoint_id,
    }


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _resources(event: Event) -> list[dict[str, Any]]:
    return [
        {"uid": one.arn or one.arn_prefix, "type": one.type, "owner": {"account": {"uid": one.account_id}}}
        for one in event.resources or ()
        if one.arn or one.arn_prefix
    ]


def _observables(finding: Finding | None, event: Event | None) -> list[dict[str, Any]]:
    within = "evidences[0]." if finding else ""
    told = [("unmapped.grant_id", _OTHER, "Grant", finding.grant_id)] if finding else []
    if event is not None:
        address = event.source_ip_address or ""
        told += [
            (
                f"{within}src_endpoint.ip",
                _IP_ADDRESS,
                "IP Address",
                address if _is_address(address) else None,
            ),
            (f"{within}actor.user.name", _USER_NAME, "User Name", _actor(event)["user"]["name"]),
            *(("resources[].uid", _RESOURCE_UID, "Resource UID", one["uid"]) for one in _resources(event)),
        ]
    return [
        {"name": name, "type_id": number, "type": kind, "value": value}
        for name, number, kind, value in told
        if value
    ]


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
