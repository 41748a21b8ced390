"""Condition keys that do not exist, and keys that the statement's actions never carry."""

from collections.abc import Iterator
from functools import lru_cache

from liftgate.iam.linting.finding import Code, Lint, Place, Severity, Subject
from liftgate.iam.linting.global_keys import GLOBAL_KEYS, is_global
from liftgate.iam.linting.wording import listed, nearest, quoted
from liftgate.iam.parse import Kind
from liftgate.iam.patterns.pattern import Budget
from liftgate.iam.policy import Condition, Qualifier
from liftgate.iam.services import catalogue
from liftgate.iam.services.catalogue import ServiceAction

_NEAR = 400_000  # steps to look for nearest names, in all
_TAKES_A_NAME = ("/", ":", ".")


def unknown_keys(subject: Subject) -> Iterator[Lint]:
    """Keys that neither AWS as a whole nor any service has."""
    near = Budget(_NEAR)
    for place in subject.places():
        for condition in place.statement.conditions:
            key = condition.key.lower()
            if is_global(key) or _spelling(key) is not None:
                continue
            yield place.lint(
                Code.UNKNOWN_CONDITION_KEY,
                Severity.WARNING,
                f"there is no condition key {quoted(condition.key)}; no request carries it",
                _advice(key, near),
                place.condition(condition),
            )


@lru_cache(maxsize=4096)
def _spelling(key: str) -> str | None:
    """How the catalogue spells a service's key; for one that takes a name, without that name."""
    known = catalogue.condition_keys()
    if key in known:
        return key
    return next((one for one in _taking_names() if key.startswith(one) and len(key) > len(one)), None)


@lru_cache(maxsize=1)
def _taking_names() -> tuple[str, ...]:
    return tuple(key for key in catalogue.condition_keys() if key.endswith(_TAKES_A_NAME))


def _advice(key: str, near: Budget) -> str:
    prefix = key.partition(":")[0]
    known = {one.lower(): one for one in GLOBAL_KEYS} if prefix == "aws" else catalogue.condition_keys()
    alike = {one: spelt for one, spelt in known.items() if one.partition(":")[0] == prefix}
    found = nearest(key, alike or known, near)
    return (
        f"did you mean `{known[found]}`?"
        if found
        else "look the key up in the Service Authorization Reference"
    )


def never_carried(subject: Subject) -> Iterator[Lint]:
    """Keys of a service that no request for the statement's actions carries."""
    for place in subject.places():
        actions = place.statement.actions
        asked = [one for one in place.statement.conditions if _is_of_a_service(one)]
        if actions.negated or not asked:
            continue
        named = [found for value in actions.values if (found := catalogue.action(value)) is not None]
        reached = [one for value in actions.values for one in catalogue.reach(value, subject.budget).actions]
        for condition in asked:
            lint = _of_condition(place, condition, reached, named if subject.kind is not Kind.TRUST else [])
            if lint is not None:
                yield lint


def _is_of_a_service(condition: Condition) -> bool:
    key = condition.key.lower()
    return not is_global(key) and _spelling(key) is not None


def _of_condition(
    place: Place, condition: Condition, reached: list[ServiceAction], named: list[ServiceAction]
) -> Lint | None:
    """One lint if none of the actions carries the key, another if some do not that are named one by one."""
    key = condition.key.lower()
    without = [action.name for action in named if not _carries(action, key)]
    if reached and not any(_carries(action, key) for action in reached):
        met = _met_without(condition)
        listed_at_all = any(
            key.partition(":")[0] == of.partition(":")[0] for one in reached for of in one.condition_keys
        )
        so = "so the condition is always met" if met else "so the statement never applies"
        return place.lint(
            Code.KEY_NEVER_CARRIED,
            Severity.WARNING if met or not listed_at_all else Severity.ERROR,
            f"no action of the statement carries {quoted(condition.key)}, {so}",
            "take the condition out, or write the key that these actions carry",
            place.condition(condition),
        )
    if not without:
        return None
    so = (
        "they meet the condition always" if _met_without(condition) else "the statement never applies to them"
    )
    return place.lint(
        Code.KEY_NEVER_CARRIED,
        Severity.WARNING,
        f"{listed(without)} never carry {quoted(condition.key)}: {so}",
        "put them into a statement of their own",
        place.condition(condition),
    )


def _carries(action: ServiceAction, key: str) -> bool:
    return (_spelling(key) or key) in action.condition_keys


def _met_without(condition: Condition) -> bool:
    """Whether a request that does not carry the key meets the condition."""
    if condition.operator == "Null":
        return "true" in {value.lower() for value in condition.values}
    if condition.if_exists or condition.qualifier is Qualifier.FOR_ALL:
        return True
    return condition.operator.find("Not") >= 0 and condition.qualifier is None
