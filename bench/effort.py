"""How hard to measure: all rounds, or few for a look."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """What `--quick` changes: the figures become rough, the work stays the same."""

    is_quick: bool = False

    def rounds(self, full: int) -> int:
        """How many rounds to take instead of ``full``."""
        return max(5, full // 10) if self.is_quick else full

    def size(self, full: int) -> int:
        """How much to put into a store instead of ``full``."""
        return max(100, full // 10) if self.is_quick else full
