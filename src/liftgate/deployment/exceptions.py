"""Rules of checkov that the generated files do not follow, and why: each stands beside its resource."""

from collections.abc import Mapping
from typing import Final

EXCEPTIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "log bucket": {},
    "trail": {},
}
