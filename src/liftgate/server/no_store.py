"""A store that cannot be reached, for whoever looks at everything else."""

from typing import NoReturn

from liftgate.errors import LiftgateError
from liftgate.store.sql import SqlStore


class StoreOutOfReach(SqlStore):
    """Says why to whatever it is asked: nothing is decided, and nothing done that would have to be on record."""

    def __init__(self, fault: LiftgateError) -> None:
        self.fault = fault

    def read(self) -> NoReturn:
        """Raise why."""
        raise self.fault

    def write(self) -> NoReturn:
        """Raise why."""
        raise self.fault

    def migrate(self) -> NoReturn:
        """Raise why."""
        raise self.fault

    def check(self) -> NoReturn:
        """Raise why."""
        raise self.fault

    def close(self) -> None:
        """Nothing is open."""
