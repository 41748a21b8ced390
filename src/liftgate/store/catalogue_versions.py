"""The catalogue as it read at each version under which something was granted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, select, text

from liftgate.store.columns import Moment, Words
from liftgate.store.tables import catalogue_versions

_ONE: Final = select(catalogue_versions).where(catalogue_versions.c.version == bindparam("version"))
_KEEP: Final = (
    text(
        """
    INSERT INTO catalogue_versions (version, snapshot, first_seen_at) VALUES (:version, :snapshot, :first_seen_at)
    ON CONFLICT (version) DO NOTHING
    """
    )
    .bindparams(bindparam("snapshot", type_=Words()), bindparam("first_seen_at", type_=Moment()))
    .execution_options(preserve_rowcount=True)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueVersion:
    """One version of the catalogue, as it was first seen."""

    version: str
    snapshot: str
    first_seen_at: datetime


class CatalogueVersions:
    """The catalogue versions of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def one(self, version: str) -> CatalogueVersion | None:
        """A version, if it was ever seen."""
        row = self._connection.execute(_ONE, {"version": version}).mappings().one_or_none()
        return CatalogueVersion(**row) if row else None

    def keep(self, seen: CatalogueVersion) -> bool:
        """Keep a version; False where it was kept before, and then nothing changes."""
        row = {
            "version": seen.version,
            "snapshot": seen.snapshot,
            "first_seen_at": seen.first_seen_at,
        }
        return self._connection.execute(_KEEP, row).rowcount == 1
