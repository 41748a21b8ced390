"""What can go wrong on the client's side. What the server says is in ``problem``."""

from liftgate.errors import Conflict, Invalid, LiftgateError, NotFound, Refused, Unauthenticated, Unavailable


class OwnFault(LiftgateError):
    """A fault in Liftgate itself, which nobody foresaw."""

    code = "own_fault"


class BadServerAddress(Invalid):
    """The server's address cannot be used, or not safely."""

    code = "bad_server_address"


class NoServer(Invalid):
    """Nobody said where Liftgate is."""

    code = "no_server"


class ClientFileUnreadable(Invalid):
    """The client file is not what it should be."""

    code = "client_file_unreadable"


class BadVariable(Invalid):
    """A variable that nobody reads, and that is nearly one that somebody does."""

    code = "bad_variable"


class BadSignIn(Invalid):
    """The way to sign in is none that there is."""

    code = "bad_sign_in"


class BadCommandLine(Invalid):
    """What was typed is no command, or not all of one."""

    code = "bad_command_line"


class BadValue(Invalid):
    """An argument that cannot be what it should be."""

    code = "bad_value"


class ServerUnreachable(Unavailable):
    """Liftgate did not answer."""

    code = "server_unreachable"


class AnswerUnreadable(Unavailable):
    """Something answered, but not as Liftgate would."""

    code = "answer_unreadable"


class NoAwsIdentity(Unauthenticated):
    """There are no AWS credentials with which to prove who is asking."""

    code = "no_aws_identity"


class LoginNeeded(Unauthenticated):
    """The sign-in by a browser is over, and only its person can begin another."""

    code = "login_needed"


class LoginNotAnswered(Unauthenticated):
    """Nobody said yes or no in the browser."""

    code = "login_not_answered"


class LoginRefused(Refused):
    """Somebody said no in the browser."""

    code = "login_refused"


class NoToken(Unauthenticated):
    """There is no token of a pipeline with which to sign in."""

    code = "no_token"


class OwnCredentials(Unauthenticated):
    """The AWS profile that should prove who is asking is the one that Liftgate itself fills."""

    code = "own_credentials"


class NoActiveGrant(NotFound):
    """There is no grant under which a session could be lent now."""

    code = "no_active_grant"


class SeveralGrants(Conflict):
    """More than one grant is active, and none was named."""

    code = "several_grants"


class GrantNotActive(Conflict):
    """The grant that was named has not begun, or is over."""

    code = "grant_not_active"


class SessionEnded(Unavailable):
    """The credentials that were lent are over already."""

    code = "session_ended"


class CacheUnusable(Unavailable):
    """The cache folder cannot be written, or belongs to somebody else."""

    code = "cache_unusable"


class ProfileExists(Conflict):
    """The AWS config file has a profile of that name that Liftgate did not write."""

    code = "profile_exists"


class AwsConfigUnreadable(Invalid):
    """The AWS config file is not one that can be changed safely."""

    code = "aws_config_unreadable"


class ExtraMissing(Unavailable):
    """A part of Liftgate that this command needs is not installed."""

    code = "extra_missing"


class NoSuchEntitlement(NotFound):
    """No entitlement of that name that we may know of."""

    code = "no_such_entitlement"


class UploadsUnseen(Refused):
    """S3 does not let the caller list the uploads of a bucket: what is not shown may be there."""

    code = "uploads_unseen"


class S3NotAnswering(Unavailable):
    """S3 did not answer, or not what was asked."""

    code = "s3_not_answering"
