"""What can go wrong when CloudTrail is read. What is wrong with single records is no error: see ``SetAside``."""

from liftgate.errors import Invalid, Unavailable


class NoSuchLogs(Invalid):
    """A file or folder that was named is not there, or cannot be read."""

    code = "no_such_logs"


class KnownUnreadable(Invalid):
    """The file of known grants is not what it should be."""

    code = "known_unreadable"


class KeysUnreadable(Invalid):
    """The file of CloudTrail's public keys is not what it should be."""

    code = "keys_unreadable"


class NoRoomForEvents(Unavailable):
    """Which events were read cannot be written down, so that copies could not be told from events."""

    code = "no_room_for_events"
