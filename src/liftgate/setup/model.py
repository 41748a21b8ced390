"""What is known before there is a catalogue: the answers from which one is written."""

from dataclasses import dataclass
from enum import StrEnum


class Proof(StrEnum):
    """How people prove who they are."""

    AWS = "aws"  # by the session of a role, or the user, that they hold already
    OIDC = "oidc"  # by signing in at an OpenID provider, with a browser
    LOCAL = "local"  # by a name alone, on one machine: for a try


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody, by the id that they get. ``identity`` is a session's name, an ARN or a subject; None: the same as the id."""

    id: str
    identity: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """All answers. Each has a faultless sample, on which the others are tried until it is given itself."""

    proof: Proof = Proof.AWS
    region: str = "us-east-1"
    account: str = "111122223333"
    issuer: str = "https://sample.example.com"
    client_id: str = "sample"
    baseline: str = "Sample"  # name or ARN of the role that people hold all day
    holders: tuple[Named, ...] = (Named("sample.holder", "sample.holder"),)
    locations: tuple[str, ...] = ("s3://sample/",)
    kms_keys: tuple[str, ...] = ()  # ARNs; one that is for a bucket alone as `bucket=ARN`
    actions: tuple[str, ...] = ("write",)
    reviewers: tuple[Named, ...] = (Named("sample.reviewer", "sample.reviewer"),)
    longest: str = "1h"
