"""What can be wrong with a call before any rule is asked, and with the settings of a server."""

from liftgate.errors import Conflict, Corrupt, Invalid, NotFound, Refused, Unauthenticated, Unavailable


class BadSettings(Invalid):
    """The server's settings cannot be used."""

    code = "bad_settings"


class SettingsFileUnreadable(Invalid):
    """The settings file is missing, or is not TOML."""

    code = "settings_unreadable"


class LocalSignInExposed(Refused):
    """The demo's sign-in would be open to other machines."""

    code = "local_sign_in_exposed"


class NotSignedIn(Unauthenticated):
    """The call carries no token in the form that it should have."""

    code = "not_signed_in"


class ForeignForm(Refused):
    """A form was sent that no page of this server made for this sign-in."""

    code = "foreign_form"


class MayNotReconcile(Refused):
    """Only a guard may have everything held against AWS."""

    code = "may_not_reconcile"


class MayNotReplay(Refused):
    """Only a guard may look at dead letters and have them taken again."""

    code = "may_not_replay"


class NothingToWatch(Conflict):
    """The server was not told from where events come."""

    code = "nothing_to_watch"


class MayNotSeeAll(Refused):
    """Only guards and auditors see everything."""

    code = "may_not_see_all"


class MayNotDiagnose(Refused):
    """Only a guard may have the server look at AWS, and try each role."""

    code = "may_not_diagnose"


class MayNotMeasure(Refused):
    """The measures are for those who run the server."""

    code = "may_not_measure"


class CalledPlainly(Refused):
    """The call came to the proxy without TLS."""

    code = "called_plainly"


class NotReady(Unavailable):
    """A part of the process is not as it should be."""

    code = "not_ready"


class NoSuchFinding(NotFound):
    """No finding of that id that this caller may see."""

    code = "no_such_finding"


class NoSuchPath(NotFound):
    """The API has no such path."""

    code = "no_such_path"


class MethodNotAllowed(Invalid):
    """The path exists, but not for this method."""

    code = "method_not_allowed"


class BodyTooLarge(Invalid):
    """The body is larger than any call needs."""

    code = "body_too_large"


class WrongMediaType(Invalid):
    """The body is not declared as JSON."""

    code = "wrong_media_type"


class NotJson(Invalid):
    """The body is not JSON that has one meaning only."""

    code = "not_json"


class BadInput(Invalid):
    """A field of the body, the query or a header is not what it should be."""

    code = "bad_input"


class Internal(Corrupt):
    """Liftgate failed in a way that nobody foresaw."""

    code = "internal"
