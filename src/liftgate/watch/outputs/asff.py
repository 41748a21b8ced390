"""Findings in the AWS Security Finding Format, as Security Hub's ``BatchImportFindings`` takes them.

Source: "Required top-level ASFF attributes" and the pages beside it, AWS Security Hub User Guide; "AwsSecurityFinding", its API
Reference. Security Hub refuses longer texts, so they are cut.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from liftgate.watch.event import Event
from liftgate.watch.finding import Finding

_VERSION: Final = "2018-10-08"
_TITLE, _DESCRIPTION, _FIELD, _ID = 256, 1024, 2048, 512  # characters
_NO_ACCOUNT: Final = "000000000000"
_NO_REGION: Final = "us-east-1"  # where a record names none
# Where rules stand in ASFF's taxonomy, namespace/category, by how their names begin.
_TYPES: Final[Mapping[str, str]] = {
    "tampering": "TTPs/Defense Evasion",
    "trail": "TTPs/Defense Evasion",
    "log-file": "TTPs/Defense Evasion",
    "digest": "TTPs/Defense Evasion",
    "role": "TTPs/Privilege Escalation",
    "no-grant": "TTPs/Privilege Escalation",
    "credentials": "TTPs/Persistence",
    "another-service": "TTPs/Lateral Movement",
    "volume": "Effects/Data Exfiltration",
    "bulk-delete": "Effects/Data Destruction",
    "versions-deleted": "Effects/Data Destruction",
}
_OTHERWISE: Final = "Unusual Behaviors/User"


def security_finding(finding: Finding, event: Event | None) -> dict[str, Any]:
    """One finding, of the product ``default`` of its account."""
    account, region = _account(finding, event), (event and event.aws_region) or _NO_REGION
    partition = _partition(finding, event)
    return {
        "SchemaVersion": _VERSION,
        "Id": f"liftgate/{region}/{account}/{finding.id}"[:_ID],
        "ProductArn": f"arn:{partition}:securityhub:{region}:{account}:product/{account}/default",
        "GeneratorId": f"liftgate/{finding.rule}"[:_ID],
        "AwsAccountId": account,
        "Types": [_type(finding.rule)],
        "CreatedAt": _moment(finding.at),
        "UpdatedAt": _moment(finding.at),
        "FirstObservedAt": _moment(finding.at),
        "LastObservedAt": _moment(finding.at),
        "Severity": {"Label": finding.severity.upper(), "Original": str(finding.severity)},
        "Title": finding.title[:_TITLE],
        "Description": finding.because[:_DESCRIPTION] or finding.title,
        "Resources": _resources(finding, event, account, partition, region),
        "ProductFields": _fields(finding, event),
        "RecordState": "ACTIVE",
        "Workflow": {"Status": "NEW"},
        **({} if event is None else {"Action": _action(event)}),
    }


def _type(rule: str) -> str:
    return next((kind for beginning, kind in _TYPES.items() if rule.startswith(beginning)), _OTHERWISE)


def _account(finding: Finding, event: Event | None) -> str:
    parts = (finding.role_arn or "").split(":")
    said = event and (event.recipient_account_id or event.user_identity.account_id)
    return said or (parts[4] if len(parts) > 4 and parts[4] else _NO_ACCOUNT)


def _partition(finding: Finding, event: Event | None) -> str:
    arn = finding.role_arn or (event and event.user_identity.arn) or ""
    parts = arn.split(":")
    return parts[1] if len(parts) > 1 and parts[1] in {"aws", "aws-cn", "aws-us-gov"} else "aws"


def _resources(
    finding: Finding, event: Event | None, account: str, partition: str, region: str
) -> list[dict[str, Any]]:
    """What was touched, and the role by which; at least one, as ASFF asks for."""
    touched = [(_kind(one.type), one.arn) for one in (event and event.resources) or () if one.arn]
    by = [("AwsIamRole", finding.role_arn)] if finding.role_arn else []
    found = dict.fromkeys([*touched[:31], *by]) or {("AwsAccount", f"AWS::::Account:{account}"): None}
    return [{"Type": kind, "Id": arn[:_ID], "Partition": partition, "Region": region} for kind, arn in found]


def _kind(cloudtrail_type: str | None) -> str:
    """``AWS::S3::Object`` is ``AwsS3Object`` in ASFF."""
    parts = (cloudtrail_type or "").split("::")
    return f"Aws{parts[1].capitalize()}{parts[2]}" if len(parts) == 3 else "Other"


def _fields(finding: Finding, event: Event | None) -> dict[str, str]:
    told = {
        "liftgate/rule": finding.rule,
        "liftgate/answer": str(finding.answer),
        "liftgate/grant": finding.grant_id,
        "liftgate/person": finding.person,
        "liftgate/session": finding.session_name,
        "liftgate/event": ",".join(finding.event_ids),
        "liftgate/userAgent": event.user_agent if event else None,
        "liftgate/errorCode": event.error_code if event else None,
    }
    return {name: value[:_FIELD] for name, value in told.items() if value}


def _action(event: Event) -> dict[str, Any]:
    address = event.source_ip_address or ""
    is_address = address.count(".") == 3 and address.replace(".", "").isdecimal()
    source = (
        {"CallerType": "remoteIp", "RemoteIpDetails": {"IpAddressV4": address}}
        if is_address
        else {"CallerType": "domain", "DomainDetails": {"Domain": address or "unknown"}}
    )
    return {
        "ActionType": "AWS_API_CALL",
        "AwsApiCallAction": {
            "Api": event.event_name[:_FIELD],
            "ServiceName": event.event_source[:_FIELD],
            "FirstSeen": _moment(event.event_time),
            "LastSeen": _moment(event.event_time),
            **source,
        },
    }


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
