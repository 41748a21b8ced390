"""Whether an action can be asked on the resources that a pattern means. Only a no is certain.

Source: the columns "Resource types" and "ARN" of the Service Authorization Reference.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from liftgate.iam.patterns.pattern import Budget, Tokens, Wild, common, tokens
from liftgate.iam.services import catalogue
from liftgate.iam.services.catalogue import ServiceAction

_NAMES = re.compile(r"\$\{[^}]*\}")
_WILD = re.compile(r"[*?]")
_OLD, _NEW = ":codestar-connections:", ":codeconnections:"  # renamed; policies may say either


def fits(action: ServiceAction, resource: str, budget: Budget) -> bool:
    """Whether the pattern ``resource`` may mean something that the action works on. Raises ``BudgetSpent``."""
    if not resource.strip("*"):
        return True
    if not action.resource_types:
        return not resource.split(":", 5)[-1].strip("*")
    found = catalogue.service(action.name.partition(":")[0])
    arns = found.arns if found else {}
    return any(may_be(resource, arns[kind], budget) for kind in action.resource_types)


def fits_any(action: ServiceAction, resources: Iterable[str], budget: Budget) -> bool:
    """Whether any of the patterns may mean something that the action works on. Raises ``BudgetSpent``."""
    return any(fits(action, resource, budget) for resource in resources)


def may_be(resource: str, form: str, budget: Budget) -> bool:
    """Whether a pattern and the form of an ARN, ``arn:${Partition}:…``, have an ARN in common."""
    budget.spend()
    service, pattern, tail = _pattern(resource)
    other_service, other, other_tail = _pattern(form)
    if service is not None and other_service is not None and service != other_service:
        return False
    if not (tail.endswith(other_tail) or other_tail.endswith(tail)):
        return False
    if "${BucketName}" in form and "/" not in form and _has_slash(resource):
        return False
    return common(pattern, other, budget) is not None


def _has_slash(resource: str) -> bool:
    """Whether every ARN of the pattern has a slash, which a bucket's name never has."""
    return "/" in _NAMES.sub("", resource)


@lru_cache(maxsize=16384)
def _pattern(text: str) -> tuple[str | None, Tokens, str]:
    """A pattern with a star for each name in ``${…}``; its service, where that is plain; the plain text at its end."""
    starred = _NAMES.sub("*", text).replace(_OLD, _NEW)
    head = starred.split(":", 3)
    plain = len(head) == 4 and (head[1] == "*" or not _WILD.search(head[1])) and not _WILD.search(head[2])
    return head[2] if plain else None, _tokens(text, starred), _WILD.split(starred)[-1]


def _tokens(text: str, starred: str) -> Tokens:
    """The form of an ARN keeps its partition, Region and account to themselves; a policy's stars may reach beyond."""
    if not text.startswith("arn:${Partition}:"):
        return tokens(starred)
    *head, tail = starred.split(":", 5)
    near = tuple(Wild.NEAR_MANY if c == "*" else c for c in ":".join(head) + ":")
    return near + tokens(tail)
