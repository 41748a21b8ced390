"""What can go wrong with a condition."""

from liftgate.errors import Invalid


class ConditionUnreadable(Invalid):
    """A condition is no CEL, or says something that it may not; ``line`` and ``column`` count from 1."""

    code = "condition_unreadable"

    def __init__(self, sentence: str, *, advice: str, line: int = 1, column: int = 1, width: int = 1) -> None:
        super().__init__(sentence, advice=advice, where=f"{line}:{column}")
        self.line = line
        self.column = column
        self.width = width


class ConditionFailed(Invalid):
    """A condition could not be decided for these facts. It neither holds nor does not: who asked must fail closed."""

    code = "condition_failed"
