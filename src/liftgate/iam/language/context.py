"""What a request carries besides action and resource, as conditions and variables see it."""

from collections.abc import Mapping
from typing import TypeAlias

Context: TypeAlias = Mapping[str, tuple[str, ...]]  # condition key in lower case, to its values
