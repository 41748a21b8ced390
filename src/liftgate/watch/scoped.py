"""A scope, ready to be asked about many calls: what was found allowed once is not worked out again.

Two calls under two scopes are alike where ``liftgate.iam`` cannot tell them apart but by names: same actions, same operation and
parameters, and the same of the scope's locations that hold the call's bucket, its key and the prefix that it lists. That is all
that a scope's policies say of names, where its locations are whole buckets, prefixes and single keys. What was allowed is kept,
and nothing else: a refusal is always worked out from the start.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final, TypeAlias

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


@dataclass(frozen=True, kw_only=True)
class Scoped:
    """A scope's policies, and what calls under it are alike in."""

    scope: Scope
    places: tuple[
        tuple[str, str, bool], ...
    ]  # bucket, how keys begin, whether they may go on; empty: never alike

    @cached_property
    def policies(self) -> Prepared:
        """What the scope allows."""
        return prepare(identity=(scope_policy(self.scope), companions(self.scope)))

    def likeness(self, event: Event) -> Likeness | None:
        """What ``liftgate.iam`` would look at of a call of S3; None where that is not plain."""
        parameters = event.request_parameters
        if event.event_source != "s3.amazonaws.com" or parameters is None or not self.places:
            return None
        told: list[object] = [self.scope.actions, self.scope.kms_keys, event.event_name]
        named: dict[str, str] = {}
        for name, value in parameters.items():
            ours = parameter_named(name)
            if ours is None or ours in _WEIGHTLESS:
                continue
            if type(value) is not str or not value or ours in named:
                return None
            if ours in _NAMES:
                named[ours] = value
            else:
                told += (ours, value)
        bucket, key, prefix = named.get("Bucket"), named.get("Key"), named.get("Prefix")
        if bucket is None or bucket.startswith("arn:"):
            return None
        return (*told, key is None, prefix is None, *self._held(bucket, key, prefix))

    def _held(self, bucket: str, key: str | None, prefix: str | None) -> list[object]:
        """Of each location: what kind it is, and whether it holds the bucket, the key and the prefix."""
        held: list[object] = []
        for place, head, goes_on in self.places:
            held.append((bool(head), goes_on))
            if place != bucket:
                held.append(None)
                continue
            held += [
                text is not None and (text.startswith(head) if goes_on else text == head)
                for text in (key, prefix)
            ]
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


@lru_cache(maxsize=8192)
def scoped(scope: Scope) -> Scoped:
    """A scope, prepared."""
    places = tuple(map(_place, sorted(scope.locations)))
    are_plain = len(places) <= _MOST_PLACES and all(place is not None for place in places)
    return Scoped(
        scope=scope, places=tuple(place for place in places if place is not None) if are_plain else ()
    )


def _place(location: Location) -> tuple[str, str, bool] | None:
    goes_on = location.key.endswith("*")
    head = location.key[:-1] if goes_on else location.key
    is_plain = location.partition == "aws" and not {"*", "?"} & {*head} and (goes_on or bool(head))
    return (location.bucket, head, goes_on) if is_plain else None
