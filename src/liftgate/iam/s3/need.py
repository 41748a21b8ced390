"""What one operation of S3's API needs: an action, on what, and when."""

from dataclasses import dataclass
from enum import Enum


class On(Enum):
    """What an action is asked on."""

    OBJECT = "object"
    SOURCE = "source"  # of a copy
    BUCKET = "bucket"
    ACCOUNT = "account"
    BESIDE = "beside buckets"  # access points, jobs, access grants: no scope holds them
    KMS_KEY = "kms key"
    ROLE = "role"  # the one that `when` names


@dataclass(frozen=True, slots=True)
class Need:
    """One action. With ``when`` it is needed only where one of these parameters is given, and not false.

    ``Outer.inner`` is what stands inside a parameter.
    """

    action: str
    on: On
    versioned: str | None = None  # the action instead, where the call names a version
    when: tuple[str, ...] = ()
