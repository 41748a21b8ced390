"""What can go wrong between a use case and its database."""

from liftgate.errors import Conflict, Corrupt, Invalid, Unavailable


class BadDatabaseUrl(Invalid):
    """The database's URL cannot be used. Its text is never repeated: it may carry a password."""

    code = "bad_database_url"


class BadCursor(Invalid):
    """A cursor is none that Liftgate handed out."""

    code = "bad_cursor"


class UnknownState(Invalid):
    """A state was asked for that requests or grants never have."""

    code = "unknown_state"


class Unstorable(Invalid):
    """A text cannot be kept as it is in every database."""

    code = "unstorable_text"


class TakenAlready(Conflict):
    """Somebody else made the same change first; the database holds at most one of it."""

    code = "taken_already"


class Dangling(Conflict):
    """A change to something that the database does not have."""

    code = "dangling"


class DatabaseUnavailable(Unavailable):
    """The database does not answer, or is too busy."""

    code = "database_unavailable"


class DatabaseNewer(Unavailable):
    """The database was written by a newer Liftgate, which this one would misread."""

    code = "database_newer"


class DatabaseOlder(Unavailable):
    """The database has not been brought up to this Liftgate yet."""

    code = "database_older"


class DatabaseEmpty(DatabaseOlder):
    """No Liftgate was ever started on the database."""

    code = "database_empty"


class DatabaseDamaged(Corrupt):
    """The database holds something that Liftgate does not write."""

    code = "database_damaged"
