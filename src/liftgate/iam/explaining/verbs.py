"""Says what is done: S3's actions by what they do, the others by their names.

>>> verbs(Patterns(("s3:PutObject", "s3:AbortMultipartUpload", "s3:DeleteObject")))
'write and delete'
>>> verbs(Patterns(("s3:GetObject*",), negated=True))
'do EVERYTHING EXCEPT what matches `s3:GetObject*`'
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from liftgate.iam.explaining.listing import count, either, joined
from liftgate.iam.explaining.quoting import quoted
from liftgate.iam.patterns.pattern import matcher
from liftgate.iam.policy import Patterns
from liftgate.iam.s3.actions import ACTIONS, AccessLevel, actions_matching
from liftgate.iam.services.catalogue import action, managing_permissions
from liftgate.iam.services.catalogue import actions_matching as every_actions_matching

# Needed, taken along if there, said as. In the order in which they are said.
_PHRASES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("s3:GetObject", ("s3:GetObjectAttributes", "s3:GetObjectTagging"), "read"),
    (
        "s3:GetObjectVersion",
        ("s3:GetObjectVersionAttributes", "s3:GetObjectVersionTagging"),
        "read old versions",
    ),
    ("s3:ListBucket", (), "list"),
    ("s3:ListBucketVersions", (), "list old versions"),
    ("s3:PutObject", ("s3:AbortMultipartUpload",), "write"),
    ("s3:PutObjectTagging", ("s3:GetObjectTagging", "s3:DeleteObjectTagging"), "change tags"),
    ("s3:RestoreObject", (), "restore from the archive"),
    ("s3:DeleteObject", (), "delete"),
    ("s3:DeleteObjectVersion", (), "delete versions for good"),
    ("s3:ListMultipartUploadParts", (), "see the parts of uploads"),
    ("s3:ListBucketMultipartUploads", (), "list unfinished uploads"),
    ("s3:GetBucketLocation", (), "look up the Region"),
    ("kms:Decrypt", (), "decrypt"),
    ("kms:GenerateDataKey", (), "make data keys"),
    ("sts:AssumeRole", (), "assume the role"),
    ("sts:AssumeRoleWithWebIdentity", (), "assume the role with a web identity"),
    ("sts:AssumeRoleWithSAML", (), "assume the role with SAML"),
    ("sts:TagSession", (), "tag the session"),
    ("sts:SetSourceIdentity", (), "set the source identity"),
)
_LOWER = {name.lower(): name for needed, along, _ in _PHRASES for name in (needed, *along)}
_NAME = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9]+", re.ASCII)
_FEW = 6  # actions that a wildcard may reach and still be said one by one

# What AWS does not rank as permissions management, and is.
_ALSO_GRAVE = (
    "organizations:AttachPolicy",
    "organizations:DetachPolicy",
    "organizations:UpdatePolicy",
    "sso:CreateAccountAssignment",
    "sso:PutInlinePolicyToPermissionSet",
)


def scope_verbs(actions: frozenset[str]) -> list[str]:
    """What a scope's actions do, the gravest first; for what has no word, its name."""
    grave = sorted(name for name in actions if _changes_permissions(name))
    said = [_grave(grave)] if grave else []
    phrases, left = _phrases(actions.difference(grave))
    return [*said, *phrases, *_names(sorted(left))]


def verbs(actions: Patterns) -> str:
    """What a statement that allows lets be done, the gravest first."""
    patterns = sorted({_collapsed(one) for one in actions.values})
    if actions.negated:
        return f"do EVERYTHING EXCEPT {joined(_names(patterns))}"
    if "*" in patterns:
        return "do EVERYTHING"
    whole = [f"do EVERYTHING in {joined(services)}"] if (services := _services(patterns)) else []
    return joined([*whole, *_some_verbs([one for one in patterns if not _is_whole(one)])])


def _services(patterns: Iterable[str]) -> list[str]:
    return [_service(one) for one in patterns if _is_whole(one)]


def _some_verbs(patterns: Sequence[str]) -> list[str]:
    """For names, and for wildcards that are not for a whole service: those that reach few actions of S3 are these."""
    families = [one for one in patterns if _wild(one) and not 0 < len(_reached(one)) <= _FEW]
    named = [one for one in patterns if one not in families]
    plain = frozenset(name for one in named for name in _reached(one) or (_LOWER.get(one.lower(), one),))
    grave = _gravest(families, plain)
    phrases, left = _phrases(plain.difference(grave))
    raw = [*map(_with_level, sorted(left)), *map(_family, families)]
    return [
        *([_grave(grave)] if grave else []),
        *phrases,
        *([f"use {joined(raw)}"] if raw else []),
    ]


def refused_verbs(actions: Patterns) -> str:
    """What a statement that denies keeps from being done: by exact names, so that no more is read into it."""
    patterns = sorted({_collapsed(one) for one in actions.values})
    if actions.negated:
        return f"do anything EXCEPT {joined(_names(patterns))}"
    if "*" in patterns:
        return "do anything at all"
    said = [f"do anything in {one}" for one in _services(patterns)]
    raw = []
    for pattern in [one for one in patterns if not _is_whole(one)]:
        phrases, _ = _phrases([_LOWER.get(pattern.lower(), pattern)])
        name = _name(pattern)
        if phrases:
            said.append(f"{phrases[0]} ({name})")
        else:
            raw.append(name)
    return either([*said, *([f"use {either(raw)}"] if raw else [])])


def is_grave(actions: Patterns) -> bool:
    """Whether an allow over these actions hands out permissions, or everything."""
    if actions.negated:
        return True
    return any(_hands_out(_collapsed(one)) for one in actions.values)


def _phrases(names: Iterable[str]) -> tuple[list[str], set[str]]:
    """The words for actions, and the actions that have none."""
    left = set(names)
    said = []
    for needed, along, phrase in _PHRASES:
        if needed in left:
            said.append(phrase)
            left -= {needed, *along}
    return said, left


def _gravest(wild: Iterable[str], plain: frozenset[str]) -> list[str]:
    named = sorted(name for name in plain if _changes_permissions(name))
    reaching = sorted(one for one in wild if _hands_out(one))
    return [*named, *reaching]


def _grave(names: Sequence[str]) -> str:
    return f"CHANGE WHO MAY DO WHAT ({', '.join(_names(names))})"


@lru_cache(maxsize=4096)
def _hands_out(pattern: str) -> bool:
    """Whether a pattern reaches an action that changes permissions, in any service."""
    fits = matcher(pattern.lower())
    return any(fits(name) for name in _grave_names())


@lru_cache(maxsize=1)
def _grave_names() -> tuple[str, ...]:
    return tuple(name.lower() for name in (*managing_permissions(), *_ALSO_GRAVE))


def _changes_permissions(name: str) -> bool:
    if name in ACTIONS:  # scopes are of S3 alone, and need not load the other services
        return ACTIONS[name].level is AccessLevel.PERMISSIONS
    return _hands_out(name)


def _reached(pattern: str) -> tuple[str, ...]:
    """The S3 actions of a pattern of S3's own; a pattern that reaches other services too is said as it stands."""
    return actions_matching(pattern) if pattern.lower().startswith("s3:") else ()


def _names(patterns: Iterable[str]) -> list[str]:
    return list(map(_name, patterns))


def _name(pattern: str) -> str:
    if _is_whole(pattern):
        return f"all of {_service(pattern)}"
    if _wild(pattern):
        return f"what matches {quoted(pattern)}"
    return pattern if _NAME.fullmatch(pattern) else quoted(pattern)


def _family(pattern: str) -> str:
    """A wildcard, with the number and the levels of the actions that it reaches in its service."""
    if _wild(pattern.partition(":")[0]):
        return _name(pattern)
    reached = every_actions_matching(pattern)
    levels = sorted({known.level for name in reached if (known := action(name))}, key=list(AccessLevel).index)
    how = f": {joined([level.lower() for level in levels])}" if levels else ""
    return f"{_name(pattern)} ({count(len(reached), 'action')}{how})" if reached else _name(pattern)


def _with_level(name: str) -> str:
    known = None if _wild(name) else action(name)
    return _name(name) if known is None else f"{_name(name)} ({known.level.lower()})"


def _service(pattern: str) -> str:
    name = pattern.partition(":")[0]
    return {"s3": "S3", "kms": "KMS", "iam": "IAM", "sts": "STS", "ec2": "EC2"}.get(
        name.lower(), quoted(name)
    )


def _is_whole(pattern: str) -> bool:
    """Whether the pattern is for a whole service: ``s3:*``."""
    return pattern.endswith(":*") and not _wild(pattern[:-1])


def _wild(pattern: str) -> bool:
    return "*" in pattern or "?" in pattern


def _collapsed(pattern: str) -> str:
    short = re.sub(r"\*{2,}", "*", pattern)
    return "*" if short in {"*", "*:*"} else short
