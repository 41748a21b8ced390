"""What a request carries besides action and resource, as conditions and variables see it."""

from collections.abc import Mapping
from functools import lru_cache
from typing import TypeAlias

Context: TypeAlias = Mapping[str, tuple[str, ...]]  # condition key in lower case, to its values


@lru_cache(maxsize=4096)
def lower(name: str) -> str:
    """A key or an action in lower case: one object for each name, which is found faster than another of the same letters."""
    return name.lower()
