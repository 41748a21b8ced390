"""What a trail's selectors log. What is not understood counts as not logged.

Sources: "Logging data events" and "AdvancedFieldSelector", AWS CloudTrail User Guide and API Reference.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from liftgate.deployment.watching import EVENT_PATTERN
from liftgate.drift.seen import SeenTrail

_OBJECTS: Final = "AWS::S3::Object"
_SOURCES: Final = frozenset(f"{one.removeprefix('aws.')}.amazonaws.com" for one in EVENT_PATTERN["source"])
_SAYS: Final = frozenset({"Equals", "StartsWith", "EndsWith", "NotEquals", "NotStartsWith", "NotEndsWith"})


@dataclass(frozen=True, slots=True)
class Logged:
    """Which calls are logged."""

    reads: bool
    writes: bool

    def __or__(self, other: "Logged") -> "Logged":
        """By one selector or another."""
        return Logged(self.reads or other.reads, self.writes or other.writes)


NOTHING: Final = Logged(reads=False, writes=False)
_ALL: Final = Logged(reads=True, writes=True)


def of_objects(trail: SeenTrail, bucket_arn: str) -> Logged:
    """Calls on every object of a bucket."""
    found = NOTHING
    for one in trail.selectors:
        if any(_covers_older(value, bucket_arn) for value in _older_values(one)):
            found |= _older(one)
    for one in trail.advanced:
        found |= _advanced_objects(one, bucket_arn)
    return found


def logs_objects_somewhere(trail: SeenTrail) -> bool:
    """Whether any calls on objects are logged."""
    older = any(_older_values(one) for one in trail.selectors)
    return older or any(
        _fields(one).get("eventCategory", {}).get("Equals") == ["Data"]
        and _OBJECTS in _fields(one).get("resources.type", {}).get("Equals", [])
        for one in trail.advanced
    )


def of_management(trail: SeenTrail) -> Logged:
    """Management events of the services that Liftgate watches."""
    found = NOTHING
    for one in trail.selectors:
        if one.get("IncludeManagementEvents", True) and not _SOURCES & set(
            one.get("ExcludeManagementEventSources", [])
        ):
            found |= _older(one)
    for one in trail.advanced:
        found |= _advanced_management(one)
    return found


def _older(selector: Mapping[str, Any]) -> Logged:
    kind = selector.get("ReadWriteType", "All")
    return Logged(reads=kind in {"All", "ReadOnly"}, writes=kind in {"All", "WriteOnly"})


def _older_values(selector: Mapping[str, Any]) -> list[str]:
    return [
        value
        for one in selector.get("DataResources", [])
        if one.get("Type") == _OBJECTS
        for value in one.get("Values", [])
    ]


def _covers_older(value: str, bucket_arn: str) -> bool:
    """``arn:aws:s3`` is all buckets, and what ends with a slash is all below it."""
    partition = bucket_arn.split(":")[1]
    return value in {f"arn:{partition}:s3", f"arn:{partition}:s3:::", f"{bucket_arn}/"}


def _advanced_objects(selector: Mapping[str, Any], bucket_arn: str) -> Logged:
    fields = dict(_fields(selector))
    if fields.pop("eventCategory", None) != {"Equals": ["Data"]}:
        return NOTHING
    kind = fields.pop("resources.type", {})
    if set(kind) != {"Equals"} or _OBJECTS not in kind["Equals"]:
        return NOTHING
    where = fields.pop("resources.ARN", {"StartsWith": [""]})
    if set(where) != {"StartsWith"} or not any(
        f"{bucket_arn}/".startswith(value) for value in where["StartsWith"]
    ):
        return NOTHING
    return _by_direction(fields)


def _advanced_management(selector: Mapping[str, Any]) -> Logged:
    fields = dict(_fields(selector))
    if fields.pop("eventCategory", None) != {"Equals": ["Management"]}:
        return NOTHING
    sources = fields.get("eventSource", {})
    if set(sources) == {"NotEquals"} and not _SOURCES & set(sources["NotEquals"]):
        fields.pop("eventSource")
    return _by_direction(fields)


def _by_direction(fields: dict[str, dict[str, Sequence[str]]]) -> Logged:
    """By ``readOnly`` alone: with any other field left, something falls out."""
    direction = fields.pop("readOnly", None)
    if fields:
        return NOTHING
    if direction is None:
        return _ALL
    if set(direction) != {"Equals"}:
        return NOTHING
    return Logged(reads="true" in direction["Equals"], writes="false" in direction["Equals"])


def _fields(selector: Mapping[str, Any]) -> dict[str, dict[str, Sequence[str]]]:
    """What is said of each field."""
    return {
        str(one.get("Field")): {key: list(value) for key, value in one.items() if key in _SAYS}
        for one in selector.get("FieldSelectors", [])
    }
