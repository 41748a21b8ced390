"""A report as SARIF 2.1.0, which code scanning takes in: a rule a wall, a result a drift.

Source: OASIS "Static Analysis Results Interchange Format (SARIF) Version 2.1.0", and GitHub's "SARIF support for code scanning".
"""

import hashlib
import shlex
from collections.abc import Mapping
from typing import Any, Final

from liftgate.drift.model import Drift, Report, Risk, Unseen, Wall
from liftgate.drift.walls import WALLS

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final[Mapping[Risk, str]] = {Risk.HIGH: "error", Risk.MEDIUM: "warning", Risk.LOW: "note"}
_SEVERITIES: Final[Mapping[Risk, str]] = {Risk.HIGH: "8.0", Risk.MEDIUM: "5.0", Risk.LOW: "2.0"}
_PLACES: Final = list(WALLS)


def to_sarif(report: Report, *, catalogue: str, version: str) -> dict[str, Any]:
    """A log of one run. ``catalogue``: the file to which results belong, since code scanning wants one."""
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "liftgate deploy check",
                        "semanticVersion": version,
                        "rules": [_rule(wall) for wall in WALLS.values()],
                    }
                },
                "invocations": [
                    {
                        "executionSuccessful": report.is_whole,
                        "toolExecutionNotifications": [_notification(one) for one in report.unseen],
                    }
                ],
                "results": [_result(one, catalogue) for one in report.drifts],
            }
        ],
    }


def _rule(wall: Wall) -> dict[str, Any]:
    return {
        "id": wall.id,
        "shortDescription": {"text": wall.title},
        "fullDescription": {"text": f"{wall.title}: {wall.why}"},
        "help": {"text": wall.mend},
        "defaultConfiguration": {"level": _LEVELS[wall.risk]},
        "properties": {"tags": ["security"], "security-severity": _SEVERITIES[wall.risk]},
    }


def _result(one: Drift, catalogue: str) -> dict[str, Any]:
    text = f"{one.thing}: {one.found}. It should be: {one.wanted}. To mend it: {shlex.join(one.mend.command)}"
    return {
        "ruleId": one.wall.id,
        "ruleIndex": _PLACES.index(one.wall.id),
        "level": _LEVELS[one.wall.risk],
        "message": {"text": text},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": catalogue},
                    "region": {"startLine": 1},
                },
                "logicalLocations": [{"fullyQualifiedName": one.thing, "kind": "resource"}],
            }
        ],
        "partialFingerprints": {"liftgateWall/v1": fingerprint(one)},
    }


def fingerprint(one: Drift) -> str:
    """The same for the same wall of the same thing, at each check."""
    return hashlib.sha256(f"{one.wall.id}\0{one.thing}".encode()).hexdigest()


def _notification(one: Unseen) -> dict[str, Any]:
    return {
        "level": "error",
        "descriptor": {"id": "not-looked-at"},
        "message": {"text": f"{one.thing}: {one.why}"},
    }
