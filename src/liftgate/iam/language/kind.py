"""What a policy is used as, which decides what it may say and how long it may be.

Sources: "IAM and AWS STS quotas", IAM User Guide; "Quotas and service limits for AWS Organizations", AWS Organizations User
Guide (SCPs doubled to 10,240 on 15 May 2026); "Bucket policies", Amazon S3 User Guide; "PutKeyPolicy", AWS KMS API Reference;
"AssumeRole", AWS STS API Reference.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

MANAGED = 6_144
INLINE_OF_USER = 2_048
INLINE_OF_GROUP = 5_120
INLINE_OF_ROLE = 10_240
OF_KMS_KEY = 32_768
LONGEST_TEXT = 131_072  # characters, white space and all: what IAM takes as a PolicyDocument before it counts


class Kind(StrEnum):
    """What a policy is used as: it decides which elements it may have."""

    IDENTITY = "identity"
    SESSION = "session"
    BOUNDARY = "boundary"
    SCP = "scp"
    RCP = "rcp"
    RESOURCE = "resource"
    TRUST = "trust"


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a policy may be: in characters, and whether white space counts."""

    characters: int
    of: str  # what AWS sets this limit for
    white_space_counts: bool = False
    most: int | None = None  # what AWS holds in the rarer place where it holds more
    most_of: str = ""

    def counted(self, text: str) -> int:
        """The characters of a text that count."""
        return len(text) - (0 if self.white_space_counts else sum(map(text.count, " \t\r\n")))


LIMITS: Mapping[Kind, Limit] = MappingProxyType(
    {
        Kind.IDENTITY: Limit(
            INLINE_OF_ROLE,
            "a role's inline policy, the longest of identity policies",
            most=LONGEST_TEXT,
            most_of="a managed policy of AWS's own",
        ),
        Kind.SESSION: Limit(
            2_048,
            "a session policy",
            white_space_counts=True,
            most=LONGEST_TEXT,
            most_of="a managed policy that a session is given by its ARN",
        ),
        Kind.BOUNDARY: Limit(
            MANAGED,
            "a managed policy, which a boundary is",
            most=LONGEST_TEXT,
            most_of="a managed policy of AWS's own",
        ),
        Kind.SCP: Limit(10_240, "a service control policy", white_space_counts=True),
        Kind.RCP: Limit(5_120, "a resource control policy", white_space_counts=True),
        Kind.RESOURCE: Limit(
            20_480, "a bucket policy", white_space_counts=True, most=OF_KMS_KEY, most_of="a KMS key's policy"
        ),
        Kind.TRUST: Limit(4_096, "a role's trust policy, once its quota is raised from 2,048"),
    }
)
# The characters of the longest policy of each kind that AWS holds anywhere.
HELD: Mapping[Kind, int] = MappingProxyType(
    {kind: limit.most or limit.characters for kind, limit in LIMITS.items()}
)
NAMES_PRINCIPALS = frozenset({Kind.RESOURCE, Kind.TRUST, Kind.RCP})
IAM_KEEPS = frozenset({Kind.IDENTITY, Kind.SESSION, Kind.BOUNDARY, Kind.TRUST})  # IAM's own rules for a `Sid`
OF_ORGANIZATIONS = frozenset({Kind.SCP, Kind.RCP})
