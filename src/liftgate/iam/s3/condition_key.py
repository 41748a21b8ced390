"""Condition keys: which carry one value, and which may carry several."""

from functools import lru_cache

from liftgate.iam.s3.actions import CONDITION_KEYS

# Source: "AWS global condition context keys", IAM User Guide: those of value type "multivalued".
_GLOBAL_WITH_SEVERAL = frozenset(
    {
        "aws:calledvia",
        "aws:principalorgpaths",
        "aws:principalservicenameslist",
        "aws:resourceorgpaths",
        "aws:sourceorgpaths",
        "aws:tagkeys",
        "aws:vpceorgpaths",
    }
)
_OTHERS_WITH_ONE = frozenset(
    {
        "kms:calleraccount",
        "kms:viaservice",
        "sts:externalid",
        "sts:rolesessionname",
        "sts:sourceidentity",
    }
)


@lru_cache(maxsize=4096)
def has_one_value(key: str) -> bool:
    """Whether requests carry at most one value for the key (in lower case). For keys that are not known: no."""
    if key.startswith("aws:"):
        return key not in _GLOBAL_WITH_SEVERAL
    kind = CONDITION_KEYS.get(key) or CONDITION_KEYS.get(f"{key.partition('/')[0]}/")
    return key in _OTHERS_WITH_ONE or (kind is not None and not kind.startswith("ArrayOf"))
