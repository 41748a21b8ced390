"""A scope, ready to be asked about many calls: what was found allowed once is not worked out again.

Two calls under two scopes are alike where ``liftgate.iam`` cannot tell them apart but by names: same actions, same operation and
parameters, and the same of the scope's locations that hold the call's bucket, its key and the prefix that it lists. That is all
that a scope's policies say of names, where its locations are whole buckets, prefixes and single keys. What was allowed is kept,
and nothing else: a refusal is always worked out from the start.
"""

from collections.abc import Mapping
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

# What these say is another place, which may lie in one scope and not in another of the same kind.
_ELSEWHERE: Final = frozenset({"CopySource", "RenameSource"})

_allowed: set[Likeness] = set()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Form:
    """Which of a call's parameters count, by the names that CloudTrail gave them."""

    bucket: str
    key: str | None
    prefix: str | None
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pattern:
    """Calls that were allowed in a scope of one location, all of each in it: alike in operation, in the names told, and in this."""

    bucket: str  # the name of the parameter
    inside: tuple[str, ...]  # names of those that say a key or a prefix
    others: tuple[tuple[str, str], ...]  # those that decide by their values

    @property
    def names_version(self) -> bool:
        """Whether these calls name a version of an object."""
        return any(parameter_named(name) == "VersionId" for name, _ in self.others)

    def holds(self, told: Mapping[str, Any], bucket: str, head: str) -> bool:
        """Whether ``requestParameters`` of the same names say such a call, in a location of this bucket and beginning."""
        if told[self.bucket] != bucket:
            return False
        for name in self.inside:
            value = told[name]
            if type(value) is not str or not value or not value.startswith(head):
                return False
        return not self.others or all(told[name] == value for name, value in self.others)


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
        if (
            not told
            or not self.places
            or event.event_source != "s3.amazonaws.com"
            or event.partition != "aws"
        ):
            return None
        form = _form(tuple(told))
        if form is None:
            return None
        bucket = told[form.bucket]
        key = told[form.key] if form.key is not None else None
        prefix = told[form.prefix] if form.prefix is not None else None
        if not (
            _is_plain(bucket) and (key is None or _is_plain(key)) and (prefix is None or _is_plain(prefix))
        ):
            return None
        if form.others or len(self.places) > 1 or bucket[:4] == "arn:":
            return self._likeness_of_many(event, form, bucket, key, prefix)
        [(place, head, goes_on)] = self.places
        return (self.kind, event.event_name, form, *_held(place == bucket, head, goes_on, key, prefix))

    @property
    def only_place(self) -> tuple[str, str] | None:
        """Bucket and beginning of the one location, where there is one, and keys may go on."""
        if len(self.places) != 1 or not self.places[0][2]:
            return None
        return self.places[0][:2]

    def pattern(self, event: Event) -> Pattern | None:
        """The pattern of a call that was allowed, for all scopes of this kind; None where calls like it are not plain."""
        told, place = event.request_parameters, self.only_place
        form = _form(tuple(told)) if told else None
        if not told or place is None or form is None or not was_allowed(self.likeness(event)):
            return None
        pattern = Pattern(
            bucket=form.bucket,
            inside=tuple(name for name in (form.key, form.prefix) if name is not None),
            others=tuple((name, told[name]) for name in form.others),
        )
        return pattern if pattern.holds(told, *place) else None

    def _likeness_of_many(
        self, event: Event, form: _Form, bucket: str, key: str | None, prefix: str | None
    ) -> Likeness | None:
        others = [(event.request_parameters or {})[name] for name in form.others]
        if bucket.startswith("arn:") or not all(map(_is_plain, others)):
            return None
        held = [_held(place == bucket, head, goes_on, key, prefix) for place, head, goes_on in self.places]
        return (self.kind, event.event_name, form, *others, *held)


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
    """None where one parameter is told twice, or no bucket, or another place beside it."""
    ours = [(ours, name) for name in names if (ours := parameter_named(name)) and ours not in _WEIGHTLESS]
    named = dict(ours)
    if len(named) < len(ours) or "Bucket" not in named or not _ELSEWHERE.isdisjoint(named):
        return None
    others = tuple(name for one, name in ours if one not in _NAMES)
    return _Form(bucket=named["Bucket"], key=named.get("Key"), prefix=named.get("Prefix"), others=others)


def _is_plain(told: Any) -> bool:
    """Whether it is text, and not empty."""
    return type(told) is str and told != ""


def _held(holds_bucket: bool, head: str, goes_on: bool, key: str | None, prefix: str | None) -> Likeness:
    """Whether a location holds the bucket, and the key and the prefix."""
    if not holds_bucket:
        return (False,)
    if not goes_on:
        return (key == head, prefix == head)
    return (key is not None and key.startswith(head), prefix is not None and prefix.startswith(head))


def _place(location: Location) -> tuple[str, str, bool] | None:
    goes_on = location.key.endswith("*")
    head = location.key[:-1] if goes_on else location.key
    is_plain = location.partition == "aws" and not {"*", "?"} & {*head} and (goes_on or bool(head))
    return (location.bucket, head, goes_on) if is_plain else None
