"""Bringing a database up to this version, by Alembic, from the package itself.

A new step: change ``tables``, add ``versions/v<number>_<name>.py`` with its ``upgrade``, and set ``HEAD``. The tests compare the result with
``tables`` on both databases. There are no downgrades: a ledger is not taken apart.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, Engine, inspect, text

from liftgate.store.errors import DatabaseEmpty, DatabaseNewer, DatabaseOlder

if TYPE_CHECKING:
    from alembic.config import Config

HEAD: Final = "0018"
"""The newest step, said here so that a start without anything to do need not load Alembic."""

# The same on every server that shares a database, so that one migrates while the others wait.
_TAKE_TURNS: Final = text("SELECT pg_advisory_xact_lock(5496213870)")


def migrate(engine: Engine) -> None:
    """Run the steps that the database lacks, all or none. Raises ``DatabaseNewer``."""
    with engine.begin() as connection:  # on SQLite this is BEGIN IMMEDIATE: the turn is taken
        if connection.dialect.name == "postgresql":
            connection.execute(_TAKE_TURNS)
        if _revision(connection) != HEAD:
            refuse_newer(connection)
            _upgrade(connection)


def check(connection: Connection) -> None:
    """Raise where the database is not of this version."""
    revision = _revision(connection)
    if revision == HEAD:
        return
    if revision is None:
        raise DatabaseEmpty(
            "there is nothing of Liftgate in the database yet",
            advice="start `liftgate serve` once, which prepares it",
        )
    refuse_newer(connection)
    raise DatabaseOlder(
        "the database has not been brought up to this version",
        advice="start `liftgate serve`, which migrates it",
    )


def refuse_newer(connection: Connection) -> None:
    """Raise ``DatabaseNewer`` where the database is at a step that this version does not know."""
    revision = _revision(connection)
    if revision not in {None, HEAD} and revision not in _known():
        raise DatabaseNewer(
            "the database was written by a newer Liftgate than this one",
            advice="upgrade Liftgate here too; nothing was changed",
            value=revision,
        )


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return revision


def _known() -> frozenset[str]:
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - memory that a running server does not need

    steps = ScriptDirectory.from_config(_config()).walk_revisions()
    return frozenset(step.revision for step in steps)


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - the same

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _config() -> "Config":
    from alembic.config import Config  # noqa: PLC0415 - the same

    config = Config()
    here = str(Path(__file__).parent)
    config.set_main_option("script_location", here.replace("%", "%%"))  # the option's reader expands %
    return config
