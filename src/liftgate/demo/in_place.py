"""Has Liftgate know the names of sessions in the demo, whose AWS is too young for that."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Final

from liftgate.clock import system_clock
from liftgate.demo.sample_account import SampleAccount
from liftgate.store.sql import open_store

_NAMES_KNOWN_FOR: Final = timedelta(hours=2)  # the role's sessions live for one


def know_names(account: SampleAccount, database: Path) -> None:
    """Have the names of the role's sessions known to be fixed, as they are after some hours on a real account.

    Its AWS was created with that trust policy a moment ago, so that no session with another's name can live.
    """
    with closing(open_store(f"sqlite:///{database}", clock=system_clock)) as store:
        store.migrate()
        with store.write() as transaction:
            transaction.saw_name_fixed(account.baseline_role_arn, now=system_clock() - _NAMES_KNOWN_FOR)
