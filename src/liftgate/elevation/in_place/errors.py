"""What can go wrong between a grant in place and the role that it is put on."""

from liftgate.errors import Conflict, Refused, Unavailable


class NotOfferedInPlace(Refused):
    """This role, or this caller's sign-in, does not allow access in place."""

    code = "not_offered_in_place"


class NoRoomInPlace(Conflict):
    """The role's inline policies leave no room for another grant."""

    code = "no_room_in_place"


class NothingToBorrow(Conflict):
    """A grant in place lends no credentials: the requester's own session has the access."""

    code = "nothing_to_borrow"


class StatementsNotInPlace(Unavailable):
    """What was read back from the role is not what was written."""

    code = "statements_not_in_place"


class NotOpenYet(Unavailable):
    """The statements are on the role, and AWS does not yet act by them."""

    code = "not_open_yet"


class NameNoLongerFixed(Unavailable):
    """The role's trust policy was changed: whoever assumes it may choose the session's name."""

    code = "name_no_longer_fixed"


class NameFixedLately(Unavailable):
    """The role's trust policy fixes the name, and a session that chose one before may still live."""

    code = "name_fixed_lately"


class RoleMadeAnew(Unavailable):
    """The role was deleted and made anew: the sessions for which grants were made are none of its own."""

    code = "role_made_anew"


class BoundaryNoLongerHolds(Unavailable):
    """The role's permissions boundary is gone, or holds more than when access in place was asked for."""

    code = "boundary_no_longer_holds"


class WaitsForRoom(Unavailable):
    """Some grants wait until others on the same role have ended."""

    code = "waits_for_room"
