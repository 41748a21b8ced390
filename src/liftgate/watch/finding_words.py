"""A finding as it is told outside: in the ledger, to webhooks, and as lines of JSON."""

from liftgate.clock import rfc3339
from liftgate.ledger.model import Json
from liftgate.watch.finding import Finding


def finding_told(finding: Finding) -> dict[str, Json]:
    """All of a finding but its id and its grant's, which each teller names in its own way."""
    return {
        "rule": finding.rule,
        "title": finding.title,
        "because": finding.because,
        "severity": finding.severity.value,
        "answer": finding.answer.value,
        "at": rfc3339(finding.at),
        "person": finding.person,
        "session_name": finding.session_name,
        "role_arn": finding.role_arn,
        "event_ids": list(finding.event_ids),
    }
