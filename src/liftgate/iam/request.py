"""One call to AWS, as IAM sees it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked of AWS: an action on a resource, in a context.

    ``context`` maps condition keys, in any case, to one value or several; a key with no value is not carried.
    """

    action: str  # "s3:PutObject"
    resource: str  # an ARN
    context: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    principal: str | None = None  # the caller's ARN; None where only identity policies are asked

    def keys(self) -> dict[str, tuple[str, ...]]:
        """The context with its keys in lower case and every value in a tuple."""
        return {
            key.lower(): (values,) if isinstance(values, str) else tuple(values)
            for key, values in self.context.items()
        }

    def __str__(self) -> str:
        """In one line: action, resource, and what the context carries."""
        carried = ", ".join(f"{key}={'|'.join(values)}" for key, values in sorted(self.keys().items()))
        return f"{self.action} on {self.resource}{f' with {carried}' if carried else ''}"
