"""How a session names its person at AWS: as its source identity, and as a tag that policies can ask about."""

import hashlib
import re
from typing import Final

PERSON_TAG: Final = "liftgate-person"

# SourceIdentity allows a comma as well, but the tag that says the same does not.
_SOURCE_IDENTITY: Final = re.compile(r"[A-Za-z0-9_+=.@-]{2,64}")
_HASHED: Final = re.compile(r"sha256-[0-9a-f]{40}")


def source_identity(person_id: str) -> str:
    """A person's id in the letters that STS allows. Two people never share one: what does not fit is hashed."""
    if _SOURCE_IDENTITY.fullmatch(person_id) and not _HASHED.fullmatch(person_id):
        return person_id
    return "sha256-" + hashlib.sha256(person_id.encode()).hexdigest()[:40]
