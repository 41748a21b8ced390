"""Whether proofs of who somebody is could be checked: each way that the settings leave open."""

from collections.abc import Iterator
from typing import Final

from liftgate.errors import LiftgateError
from liftgate.identity.issuers import Issuers
from liftgate.identity.sts_region import region_named
from liftgate.identity.sts_request import StsRequest
from liftgate.server.look import Look, note, ok, seen
from liftgate.server.parts import Parts

_NO_KEYS: Final = "see what the issuer publishes: nothing that it signs can be checked"


def look_at_proofs(parts: Parts) -> Iterator[Look]:
    """STS, the OpenID provider, each issuer of tokens, and the sign-in by a name alone."""
    yield _sts(parts)
    if parts.provider is not None:
        yield _issuer("provider", parts.provider.provider.issuer, parts.provider.issuers)
    if parts.token_issuers is not None:
        for one in parts.token_issuers.declared:
            yield _issuer("issuer", one.issuer, parts.token_issuers.issuers)
    if parts.settings.local_sign_in:
        yield note(
            "local sign-in",
            "anybody on this machine signs in by a name alone",
            "for a try alone: take `local_sign_in` out of the settings",
        )


def _sts(parts: Parts) -> Look:
    """People's proofs go to STS by another way than the broker's calls: through no proxy, whatever the environment says."""
    host = region_named(parts.settings.aws_region).host
    try:
        parts.transport.ask(
            StsRequest(host=host, headers={"host": host})
        )  # signed by nobody: any answer will do
    except LiftgateError as fault:
        return Look(
            title="proofs",
            state="fail",
            found=f"{host}, which is asked who signed a sign-in, is out of reach: {fault.sentence}",
            advice="let this machine reach the STS of your people's regions by HTTPS, directly and through no proxy",
        )
    return ok("proofs", f"{host} answers, which is asked who signed a sign-in")


def _issuer(title: str, issuer: str, issuers: Issuers) -> Look:
    def look() -> Look:
        issuers.document(issuer)
        keys = len(issuers.keys(issuer, None))
        if not keys:
            return Look(
                title=title, state="fail", found=f"{issuer} publishes no key for signatures", advice=_NO_KEYS
            )
        return ok(title, f"{issuer} answers, with {keys} key{'' if keys == 1 else 's'} for signatures")

    return seen(title, look)
