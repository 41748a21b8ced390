"""A scope, ready to be asked about many calls: what was found allowed once is not worked out again.

Two calls under two scopes are alike where ``liftgate.iam`` cannot tell them apart but by names: same actions, same operation and
parameters, and the same of the scope's locations that hold the call's bucket, its key and the prefix that it lists. That is all
that a scope's policies say of names, where its locations are whole buckets, prefixes and single keys. What was allowed is kept,
and nothing else: a refusal is always worked out from the start.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final, TypeAlias

from liftgate.iam.compilation.grants import companions, scope_policy
from liftgate.iam.evaluate import Prepared, prepare
from liftgate.iam.s3.trail import parameter_named
from liftgate.iam.scope import Location, Scope
from liftgate.watch.event import Event

Likeness: TypeAlias = tuple[object, ...]

_MOST_PLACES: Final = 8  # above, asking the policies is as quick
_MOST_KEPT: Final = 65_536
_NAMES: Final = frozenset({"Bucket", "Key", "Prefix"})
# Parts of an upload: no condition key tells them, and no action depends on them.
_WEIGHTLESS: Final = frozenset({"UploadId", "PartNumber"})

_allowed: set[Likeness] = set()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Form:
    """Which of a call's parameters count, by the names that CloudTrail gave them."""

    bucket: str
    key: str | None
    prefix: str | None
    others: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Scoped:
    """A scope's policies, and what calls under it are alike in."""

    scope: Scope
    kind: Likeness  # what two scopes have in common that differ in names only
    places: tuple[
        tuple[str, str, bool], ...
    ]  # bucket, how keys begin, whether they may go on; empty: never alike

    @cached_property
    def policies(self) -> Prepared:
        """What the scope allows."""
        return prepare(identity=(scope_policy(self.scope), companions(self.scope)))

    def likeness(self, event: Event) -> Likeness | None:
        """What ``liftgate.iam`` would look at of a call of S3; None where that is not plain."""
        told = event.request_parameters
        if not told or not self.places or event.event_source != "s3.amazonaws.com":
            return None
        form = _form(tuple(told))
        if form is None:
            return None
        bucket, key = told[form.bucket], told[form.key] if form.key else None
        prefix = told[form.prefix] if form.prefix else None
        others = [told[name] for name in form.others] if form.others else ()
        if not _are_plain(bucket, key, prefix, others) or bucket.startswith("arn:"):
            return None
        return (self.kind, event.event_name, form, *others, *self._held(bucket, key, prefix))

    def _held(self, bucket: str, key: str | None, prefix: str | None) -> list[object]:
        """Of each location: whether it holds the bucket, the key and the prefix."""
        held: list[object] = []
        for place, head, goes_on in self.places:
            if place != bucket:
                held.append(None)
            elif goes_on:
                held.append(key is not None and key.startswith(head))
                held.append(prefix is not None and prefix.startswith(head))
            else:
                held += (key == head, prefix == head)
        return held


def was_allowed(likeness: Likeness | None) -> bool:
    """Whether a call like this was found allowed before."""
    return likeness is not None and likeness in _allowed


def keep_allowed(likeness: Likeness | None) -> None:
    """Note that a call like this was found allowed."""
    if likeness is None:
        return
    if len(_allowed) >= _MOST_KEPT:
        _allowed.clear()
    _allowed.add(likeness)


def forget_allowed() -> None:
    """Work everything out from the start again: for measuring."""
    _allowed.clear()
    scoped.cache_clear()


@lru_cache(maxsize=8192)
def scoped(scope: Scope) -> Scoped:
    """A scope, prepared."""
    places = tuple(map(_place, sorted(scope.locations)))
    plain = tuple(place for place in places if place is not None)
    kinds = tuple((bool(head), goes_on) for _, head, goes_on in plain)
    return Scoped(
        scope=scope,
        kind=_same((scope.actions, scope.kms_keys, kinds)),
        places=plain if len(plain) == len(places) <= _MOST_PLACES else (),
    )


@lru_cache(maxsize=8192)
def _same(kind: Likeness) -> Likeness:
    """One object for all that are equal, so that comparing them costs nothing."""
    return kind


@lru_cache(maxsize=4096)
def _form(names: tuple[str, ...]) -> _Form | None:
    """None where one parameter is told twice, or no bucket."""
    ours = [(ours, name) for name in names if (ours := parameter_named(name)) and ours not in _WEIGHTLESS]
    named = dict(ours)
    if len(named) < len(ours) or "Bucket" not in named:
        return None
    others = tuple(name for one, name in ours if one not in _NAMES)
    return _Form(bucket=named["Bucket"], key=named.get("Key"), prefix=named.get("Prefix"), others=others)


def _are_plain(bucket: Any, key: Any, prefix: Any, others: Sequence[Any]) -> bool:
    """Whether all that is told is text, and not empty."""
    return (
        type(bucket) is str
        and bool(bucket)
        and (key is None or (type(key) is str and bool(key)))
        and (prefix is None or (type(prefix) is str and bool(prefix)))
        and all(type(one) is str and one for one in others)
    )


def _place(location: Location) -> tuple[str, str, bool] | None:
    goes_on = location.key.endswith("*")
    head = location.key[:-1] if goes_on else location.key
    is_plain = location.partition == "aws" and not {"*", "?"} & {*head} and (goes_on or bool(head))
    return (location.bucket, head, goes_on) if is_plain else None
