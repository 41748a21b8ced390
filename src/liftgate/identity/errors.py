"""What can go wrong when somebody proves who they are."""

from liftgate.errors import Conflict, Invalid, NotFound, Refused, Unauthenticated, Unavailable


class ProofMalformed(Invalid):
    """A part of the proof is not what a signature of AWS has there."""

    code = "proof_malformed"


class UnknownRegion(Invalid):
    """AWS has no STS in that region, as far as Liftgate knows."""

    code = "unknown_region"


class AudienceUnusable(Invalid):
    """The address of a server cannot be signed, since it could be read in two ways."""

    code = "audience_unusable"


class ProofOutOfTime(Unauthenticated):
    """The proof was signed too long ago, or in the future."""

    code = "proof_out_of_time"


class ProofUsed(Unauthenticated):
    """Each proof signs in once."""

    code = "proof_used"


class ProofRefused(Unauthenticated):
    """AWS does not accept the signature for this server."""

    code = "proof_refused"


class IdentityNotAccepted(Unauthenticated):
    """What AWS names is neither a session of a role, nor a user, nor a federated user."""

    code = "identity_not_accepted"


class IdentityUnknown(Unauthenticated):
    """The identity is proved, but the catalogue knows nobody by it."""

    code = "identity_unknown"


class PersonShutOut(Refused):
    """Somebody was put on hold by hand, and does not sign in until the hold is released."""

    code = "person_shut_out"


class SessionNameUnproved(Unauthenticated):
    """Others could bear the session's name by which the catalogue knows somebody."""

    code = "session_name_unproved"


class RoleTrustUnreadable(Unauthenticated):
    """Whether a session's name is its holder's own cannot be seen: Liftgate cannot read the role's trust policy."""

    code = "role_trust_unreadable"


class TokenUnknown(Unauthenticated):
    """The token is none that is in use."""

    code = "token_unknown"


class TokenExpired(Unauthenticated):
    """The sign-in is over."""

    code = "token_expired"


class SignedTokenMalformed(Unauthenticated):
    """What was shown is no signed token (RFC 7519) that has one meaning."""

    code = "signed_token_malformed"


class SignatureRefused(Unauthenticated):
    """None of the issuer's keys made the token's signature, or it is of a kind that proves nothing."""

    code = "signature_refused"


class SignedTokenMisdirected(Unauthenticated):
    """The token is of another issuer, for another audience, or of another kind than is asked for."""

    code = "signed_token_misdirected"


class SignedTokenOutOfTime(Unauthenticated):
    """The token is over, too old, or not good yet."""

    code = "signed_token_out_of_time"


class IssuerNotDeclared(Unauthenticated):
    """The token names no issuer whose tokens the settings let in."""

    code = "issuer_not_declared"


class ClaimRefused(Unauthenticated):
    """The token is genuine, but does not say what the settings ask of its issuer."""

    code = "claim_refused"


class NotAService(Unauthenticated):
    """The token names a person, and tokens let services in alone."""

    code = "not_a_service"


class SignInNotBegun(Unauthenticated):
    """A browser came back from a provider to which it was not sent, or not for this."""

    code = "sign_in_not_begun"


class ProviderRefused(Unauthenticated):
    """The OpenID provider does not vouch for whoever asks."""

    code = "provider_refused"


class LogoutRefused(Invalid):
    """What a provider sent orders nobody's logout, or did so before."""

    code = "logout_refused"


class LocalSignInOff(Refused):
    """This server lets nobody in by a name alone."""

    code = "local_sign_in_off"


class NotLoopback(Refused):
    """Signing in by a name alone is for this machine only."""

    code = "not_loopback"


class RoleTrustUnavailable(Unavailable):
    """IAM did not answer about a role's trust policy, or asks to be called later."""

    code = "role_trust_unavailable"


class StsUnavailable(Unavailable):
    """STS did not answer, or asks to be called later."""

    code = "sts_unavailable"


class StsAnswerRefused(Unavailable):
    """What answered in the place of STS did not answer as STS does."""

    code = "sts_answer_refused"


class LoginUnusable(Invalid):
    """An address of the login page says something that no ``liftgate login`` writes."""

    code = "login_unusable"


class LoginOver(Unauthenticated):
    """A login's code or secret is none, was used, or came too late."""

    code = "login_over"


class LoginPending(Conflict):
    """Nobody has confirmed the terminal's code yet."""

    code = "login_pending"


class LoginTooOften(Unavailable):
    """A terminal asks more often than it was told to."""

    code = "login_too_often"


class LoginDenied(Refused):
    """Somebody said that the terminal is not theirs."""

    code = "login_denied"


class LoginCodeUnknown(NotFound):
    """No terminal shows that code."""

    code = "login_code_unknown"


class TooManyWrongCodes(Refused):
    """Somebody typed too many codes that no terminal shows."""

    code = "too_many_wrong_codes"


class TooManyLogins(Unavailable):
    """More terminals wait for their codes than are let."""

    code = "too_many_logins"


class IssuerUnavailable(Unavailable):
    """An issuer of tokens did not answer."""

    code = "issuer_unavailable"


class IssuerAnswerRefused(Unavailable):
    """What answered for an issuer of tokens did not answer as one does."""

    code = "issuer_answer_refused"


class LinkCodeWrong(Refused):
    """The code is none that is in use."""

    code = "link_code_wrong"


class LinkingOff(Refused):
    """The settings let nobody link identities of that kind."""

    code = "linking_off"


class MayNotLink(Refused):
    """Only people link identities, and only to one that the catalogue gives them."""

    code = "may_not_link"


class SignInTooOld(Refused):
    """What gives somebody a further way in wants a sign-in of just now."""

    code = "sign_in_too_old"


class NotLinkable(Refused):
    """The catalogue says whose the identity is, or it is none that one person alone holds."""

    code = "not_linkable"


class IdentityLinked(Conflict):
    """The identity is linked to somebody else."""

    code = "identity_linked"


class NoSuchLink(NotFound):
    """There is no such link, or none that the caller may end."""

    code = "no_such_link"
