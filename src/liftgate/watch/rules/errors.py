"""What can go wrong with rules."""

from enum import StrEnum

from liftgate.catalogue.fault import Fault
from liftgate.errors import Invalid


class RuleFault(StrEnum):
    """What can be wrong with rules beyond what can be wrong with any file that is read as the catalogue is."""

    BAD_CONDITION = "bad_condition"
    UNKNOWN_FACT = "unknown_fact"
    BAD_FACT = "bad_fact"
    BAD_RECORD = "bad_record"
    BAD_SCOPE = "bad_scope"
    MISPLACED_KEY = "misplaced_key"
    NEVER_TESTED = "never_tested"


class RulesFaulty(Invalid):
    """Rule files hold faults; ``faults`` names each one."""

    code = "rules_faulty"

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        first = faults[0]
        count = "a fault" if len(faults) == 1 else f"{len(faults)} faults; the first"
        super().__init__(
            f"the rules have {count}: {first.sentence}",
            advice="run `liftgate rules test` on the file, and correct what it names",
            where=f"{first.file}:{first.line}:{first.column}",
        )
        self.faults = faults
