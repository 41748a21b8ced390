"""A finding as one JSON object, with what a person would ask next about the call that shows it."""

from typing import Any

from liftgate.watch.event import Event
from liftgate.watch.finding import Finding
from liftgate.watch.finding_words import finding_told
from liftgate.watch.reading import SetAside


def finding_json(finding: Finding, event: Event | None) -> dict[str, Any]:
    """One finding; ``call`` is null where no single call shows it."""
    return {
        "kind": "finding",
        "id": finding.id,
        "grant_id": finding.grant_id,
        **finding_told(finding),
        "call": None if event is None else _call(event),
    }


def set_aside_json(one: SetAside) -> dict[str, Any]:
    """Something that could not be read."""
    return {"kind": "set_aside", "reason": one.reason, "where": one.where, "excerpt": one.excerpt}


def _call(event: Event) -> dict[str, Any]:
    return {
        "event_id": event.event_id,
        "service": event.event_source,
        "operation": event.event_name,
        "region": event.aws_region,
        "caller": event.user_identity.arn,
        "access_key_id": event.user_identity.access_key_id,
        "source_address": event.source_ip_address,
        "user_agent": event.user_agent,
        "error_code": event.error_code,
        "request_parameters": event.request_parameters,
    }
