"""What can go wrong between a grant and its sessions."""

from liftgate.errors import Conflict, NotFound, Unavailable


class GrantNotActive(Conflict):
    """Sessions are lent only inside a grant's window, and only while nobody ended it."""

    code = "grant_not_active"


class GrantEndedMeanwhile(Conflict):
    """The grant was ended while AWS was lending: the credentials exist, are refused by AWS, and were not handed over."""

    code = "grant_ended_meanwhile"


class NoSuchSession(NotFound):
    """The grant has no session of that number."""

    code = "no_such_session"


class SessionEndedAlready(Conflict):
    """The session was taken back before, or its window is over."""

    code = "session_ended_already"


class LendingRefused(Unavailable):
    """STS said no: the set-up is at fault, not the requester."""

    code = "lending_refused"


class LendingUnavailable(Unavailable):
    """STS did not answer, or asked to come back later."""

    code = "lending_unavailable"


class BrokerClockOff(Unavailable):
    """The clock of the machine on which Liftgate runs differs from AWS's by more than AWS accepts."""

    code = "broker_clock_off"


class RoleUnreachable(Unavailable):
    """IAM refused to show or change the deny on an elevated role, or did not answer."""

    code = "role_unreachable"


class AccountNotDeclared(RoleUnreachable):
    """The role is in an account in which Liftgate was not told how to take access back."""

    code = "account_not_declared"


class RevokerOutOfReach(RoleUnreachable):
    """The revoker role of an account cannot be assumed, so that nothing there could be taken back."""

    code = "revoker_out_of_reach"


class LendingTrustTooWide(Unavailable):
    """The trust policy of an elevated role lets in others than the broker, or demands not the external id that was declared."""

    code = "lending_trust_too_wide"


class RoleFull(Unavailable):
    """The role's other inline policies leave no room for a policy of this length."""

    code = "role_full"


class NothingToDrill(Conflict):
    """Nothing that the entitlement holds can be tried without doing anything."""

    code = "nothing_to_drill"


class SessionDoesNothing(Unavailable):
    """The role refuses what it was lent for."""

    code = "session_does_nothing"


class S3Unreachable(Unavailable):
    """S3 did not answer, or said what tells nothing."""

    code = "s3_unreachable"


class DenyNotInPlace(Unavailable):
    """What was read back from an elevated role is not what was written."""

    code = "deny_not_in_place"


class RoleBusy(Unavailable):
    """Another worker is writing the denies of this role."""

    code = "role_busy"


class SecretHandedOver(Conflict):
    """A call that hands out credentials was repeated: what it handed out is not kept."""

    code = "secret_handed_over"
