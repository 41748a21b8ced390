"""A ceiling: each action and location read by ``iam``, and all of it proved to fit a role's policy."""

from functools import lru_cache

from liftgate.catalogue.arn import RoleArn
from liftgate.catalogue.fault import FaultKind, FaultList
from liftgate.catalogue.fields import Fields, Marked
from liftgate.errors import LiftgateError
from liftgate.iam.compile import role_policy
from liftgate.iam.errors import ScopeTooLarge
from liftgate.iam.s3.actions import expand_actions
from liftgate.iam.s3.kms_key import parse_kms_key
from liftgate.iam.s3.location import parse_location
from liftgate.iam.scope import Location, Scope


def read_ceiling(fields: Fields, role: RoleArn | None, faults: FaultList) -> Scope | None:
    """The scope that a ceiling declares, or None where a part of it is missing or faulty."""
    actions = read_actions(fields.texts("actions"), faults)
    locations = _read_locations(fields.texts("locations"), role, faults)
    kms_keys = _read_kms_keys(fields.texts("kms_keys") or (), role, faults)
    if actions is None or locations is None or kms_keys is None or role is None:
        return None
    scope = Scope(actions=actions, locations=locations, kms_keys=kms_keys)
    error = _why_not(scope)
    if isinstance(error, ScopeTooLarge):
        advice = "name fewer locations, shorter prefixes or fewer actions, or make two entitlements"
        faults.add(FaultKind.CEILING_TOO_BIG, fields.place, error.sentence, advice)
    elif error is not None:
        faults.add_error(FaultKind.EMPTY_CEILING, fields.place, error)
    return scope if error is None else None


def read_actions(names: tuple[Marked[str], ...] | None, faults: FaultList) -> frozenset[str] | None:
    """The canonical actions behind ``names``, or None where one is unknown or none is left."""
    actions: set[str] = set()
    whole = bool(names)
    for name in names or ():
        try:
            actions |= expand_actions([name.value])
        except LiftgateError as error:
            faults.add_error(FaultKind.UNKNOWN_ACTION, name.place, error)
            whole = False
    return frozenset(actions) if whole else None


@lru_cache(maxsize=4096)  # a reload meets mostly ceilings that it has met before
def _why_not(scope: Scope) -> LiftgateError | None:
    """Why no role can have this ceiling, or None."""
    try:
        role_policy(scope)
    except LiftgateError as error:
        return error.with_traceback(None)
    return None


def _read_locations(
    texts: tuple[Marked[str], ...] | None, role: RoleArn | None, faults: FaultList
) -> frozenset[Location] | None:
    locations: set[Location] = set()
    whole = bool(texts)
    for text in texts or ():
        try:
            location = parse_location(text.value, partition=role.partition if role else "aws")
        except LiftgateError as error:
            faults.add_error(FaultKind.BAD_LOCATION, text.place, error)
            whole = False
            continue
        locations.add(location)
        _check_partition(text, location.partition, role, faults)
    return frozenset(locations) if whole else None


def _read_kms_keys(
    texts: tuple[Marked[str], ...], role: RoleArn | None, faults: FaultList
) -> frozenset[str] | None:
    keys: set[str] = set()
    whole = True
    for text in texts:
        try:
            keys.add(parse_kms_key(text.value))
        except LiftgateError as error:
            faults.add_error(FaultKind.BAD_KMS_KEY, text.place, error)
            whole = False
            continue
        _check_partition(text, text.value.split(":")[1], role, faults)
    return frozenset(keys) if whole else None


def _check_partition(text: Marked[str], partition: str, role: RoleArn | None, faults: FaultList) -> None:
    if role is None or partition == role.partition:
        return
    faults.add(
        FaultKind.PARTITION_DIFFERS,
        text.place,
        f"`{text.value}` is in the partition `{partition}`, and the role in `{role.partition}`",
        "name a place in the role's own partition: no role reaches another",
    )
