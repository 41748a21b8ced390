"""What the settings say of issuers whose tokens let services in: docs/pipelines.md."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from liftgate.identity.token_issuer import PROTOCOL, CheckedClaim, ClaimPath, TokenIssuer
from liftgate.identity.wildcard import is_well_placed
from liftgate.server.oidc_settings import OidcSettings
from liftgate.server.setting_texts import IssuerAddress

_Claim = Annotated[str, Field(pattern=r"^[ -~]{1,200}$")]
_MOST: Final = 50
_DEEPEST: Final = 4
_LONGEST: Final = 500


class IssuerSettings(BaseModel):
    """An issuer of tokens for services."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    name: str = Field(
        pattern=r"^[a-z0-9][a-z0-9._-]{0,59}$",
        description="What errors and logs call it.",
        examples=["github"],
    )
    issuer: IssuerAddress = Field(
        min_length=1,
        max_length=500,
        description="Its address, exactly as its tokens say it in `iss`.",
        examples=["https://token.actions.githubusercontent.com"],
    )
    audience: str | None = Field(
        default=None,
        pattern=r"^[!-~]{1,500}$",
        description="Whom tokens must be made for (`aud`). Left out, this server's `public_url`.",
        examples=["https://liftgate.example.com"],
    )
    checked: dict[str, Any] = Field(
        min_length=1,
        max_length=_MOST,
        description="Claims, and what each must say: a text or a list of texts, of which one must be said; a text may end with `:*` or "
        "`/*`. For a claim that is an object, a table of the same form. At least one.",
        examples=["{ repository_owner = 'acme', environment = ['production', 'staging'] }"],
    )
    required: tuple[_Claim, ...] = Field(
        default=(), max_length=_MOST, description="Claims that must be there, whatever they say."
    )
    ignored: tuple[_Claim, ...] = Field(
        default=(),
        max_length=200,
        description="Claims that are known and not looked at. Others are not looked at either, but the log names them.",
    )
    used_once: bool = Field(
        default=True,
        description="Whether a token that has a name of its own (`jti`) lets in once. `false` for tokens that stay in a file for a "
        "while, such as those of Kubernetes.",
    )

    @field_validator("checked")
    @classmethod
    def _check_checked(cls, value: dict[str, Any]) -> dict[str, Any]:
        for path, accepted in _leaves(value, ()):
            _check_claim(path, accepted)
        return value

    @model_validator(mode="after")
    def _check_once(self) -> "IssuerSettings":
        for name, count in Counter((*self.checked, *self.required, *self.ignored)).items():
            if count > 1:
                raise PydanticCustomError(
                    "claim", f"declares the claim {name} in two ways; it is checked, required or ignored"
                )
            if name in PROTOCOL:
                raise PydanticCustomError(
                    "claim", f"declares the claim {name}, which is always checked; leave it out"
                )
        return self


def refuse_mixed_up(issuers: tuple[IssuerSettings, ...], oidc: OidcSettings | None) -> None:
    """Raise PydanticCustomError where a token could be one of two issuers', or a person's as well as a service's."""
    for field in ("name", "issuer"):
        for value, count in Counter(getattr(one, field) for one in issuers).items():
            if count > 1:
                raise PydanticCustomError("twice", f"has two with the {field} {value}; write it once")
    for one in issuers:
        if oidc is not None and one.issuer == oidc.issuer and one.audience == oidc.client_id:
            raise PydanticCustomError(
                "mixed", f"has {one.name}, for which `oidc` takes the same tokens; give it another audience"
            )


def token_issuer(settings: IssuerSettings, origin: str) -> TokenIssuer:
    """The issuer, whose tokens are made for ``origin`` where nothing else is said."""
    return TokenIssuer(
        name=settings.name,
        issuer=settings.issuer,
        audience=settings.audience or origin,
        checked=tuple(
            CheckedClaim(path=path, accepted=(said,) if isinstance(said, str) else tuple(said))
            for path, said in _leaves(settings.checked, ())
        ),
        required=settings.required,
        ignored=frozenset(settings.ignored),
        used_once=settings.used_once,
    )


def _leaves(said: Mapping[str, Any], above: ClaimPath) -> Iterator[tuple[ClaimPath, Any]]:
    for name, value in said.items():
        path = (*above, name)
        if isinstance(value, Mapping) and value and len(path) < _DEEPEST:
            yield from _leaves(value, path)
        else:
            yield path, value


def _check_claim(path: ClaimPath, accepted: Any) -> None:
    shown = ".".join(path)[:80]
    texts = (accepted,) if isinstance(accepted, str) else accepted
    if not all(name and name.isascii() and name.isprintable() and len(name) <= 200 for name in path):
        raise PydanticCustomError("claim", "names a claim that no token has; use visible ASCII characters")
    is_list = isinstance(texts, list | tuple) and 0 < len(texts) <= _MOST
    if not is_list or not all(isinstance(one, str) and 0 < len(one) <= _LONGEST for one in texts):
        raise PydanticCustomError(
            "claim", f"does not say as a text, or a list of texts, what {shown} must be; write it in quotes"
        )
    if not all(is_well_placed(one) for one in texts):
        raise PydanticCustomError(
            "claim",
            f"has a `*` in {shown} where none may stand; write it at the end, after a `:` or `/`, so that it ends no name early",
        )
