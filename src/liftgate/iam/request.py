"""One call to AWS, as IAM sees it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from liftgate.iam.errors import RepeatedKey
from liftgate.iam.evaluation.caller import Caller, caller_of, owner_of
from liftgate.iam.language.context import Context, lower
from liftgate.iam.language.misfit import quoted

__all__ = ["Context", "Request"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked of AWS: an action on a resource, in a context, by a principal.

    ``context`` maps condition keys, in any case, to one value or several; a key with no value is not carried.
    ``principal`` is the caller: an ARN (user, role, role session, federated user, root), a service's name
    (``cloudtrail.amazonaws.com``), or ``*`` for a caller without credentials. None asks the policies alone, whoever
    calls. Build a request once and ask it often: what evaluation needs of it is worked out here.

    Raises ``RepeatedKey`` where two keys of the context differ in case only: it could not be said which counts.
    """

    action: str  # "s3:PutObject"
    resource: str  # an ARN
    context: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    principal: str | None = None
    carried: Context = field(init=False, repr=False, compare=False)  # the context, as `keys` gives it
    name: str = field(init=False, repr=False, compare=False)  # the action in lower case
    caller: Caller = field(init=False, repr=False, compare=False)  # whom the principal names
    owner: str | None = field(
        init=False, repr=False, compare=False
    )  # the resource's account, by its ARN or the caller

    def __post_init__(self) -> None:
        """Work out what evaluation needs."""
        carried = {
            lower(key): (values,) if isinstance(values, str) else tuple(values)
            for key, values in self.context.items()
        }
        if len(carried) != len(self.context):
            raise _repeated(self.context)
        caller = caller_of(self.principal)
        object.__setattr__(self, "carried", carried)
        object.__setattr__(self, "name", lower(self.action))
        object.__setattr__(self, "caller", caller)
        object.__setattr__(self, "owner", owner_of(self.resource, caller))

    def keys(self) -> dict[str, tuple[str, ...]]:
        """The context with its keys in lower case and every value in a tuple."""
        return dict(self.carried)

    def __str__(self) -> str:
        """In one line: action, resource, and what the context carries."""
        carried = ", ".join(f"{key}={'|'.join(values)}" for key, values in sorted(self.carried.items()))
        return f"{self.action} on {self.resource}{f' with {carried}' if carried else ''}"


def _repeated(context: Mapping[str, object]) -> RepeatedKey:
    seen: set[str] = set()
    twice = ""
    for key in context:
        if lower(key) in seen:
            twice = key
        seen.add(lower(key))
    return RepeatedKey(
        f"{quoted(twice)} stands in the context for the second time: the case of a key does not count",
        advice="put both into one",
    )
