"""The token that GitHub makes for a job of Actions, for one audience: docs.github.com, "OpenID Connect reference"."""

from collections.abc import Mapping
from typing import Final

import httpx

from liftgate.cli.errors import NoToken

_TIMEOUT: Final = httpx.Timeout(30, connect=5)
_OK: Final = 200


def github_token(
    audience: str, environ: Mapping[str, str], *, transport: httpx.BaseTransport | None = None
) -> str:
    """A new token of this job for ``audience``. Raises ``NoToken``, which quotes nothing of what came back."""
    address, bearer = (
        environ.get(f"ACTIONS_ID_TOKEN_REQUEST_{name}", "").strip() for name in ("URL", "TOKEN")
    )
    if not address or not bearer:
        raise NoToken(
            "this is no job of GitHub Actions that may have a token",
            advice="write permissions: {id-token: write} into the job",
        )
    try:
        with httpx.Client(timeout=_TIMEOUT, transport=transport) as client:
            url = httpx.URL(address).copy_merge_params({"audience": audience})
            answer = client.get(url, headers={"Authorization": f"Bearer {bearer}"})
            token = answer.json().get("value") if answer.status_code == _OK else None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, AttributeError):
        token = None
    if not isinstance(token, str) or not token:
        raise NoToken("GitHub gave no token for this job", advice="run the job again")
    return token
