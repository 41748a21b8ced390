"""The environment of a command that runs with lent credentials."""

import json
from collections.abc import Mapping
from typing import Final

from liftgate.cli.choices import EXEC_GRANT
from liftgate.cli.shelf import Borrowed

# Some SDKs (JavaScript's, for one) look at a profile before they look at credentials in the environment; the other names
# would offer credentials of somebody else.
_IN_THE_WAY: Final = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SECURITY_TOKEN",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
)


def process_environment(
    environ: Mapping[str, str], borrowed: Borrowed, profile: Mapping[str, str]
) -> dict[str, str]:
    """``environ`` with the lent credentials instead of any others.

    ``profile`` holds the settings of the AWS profile that would have been used: its region and endpoint go on to hold.
    """
    document = json.loads(borrowed.document)
    kept = {name: value for name, value in environ.items() if name not in _IN_THE_WAY}
    if region := profile.get("region"):
        kept.setdefault("AWS_REGION", environ.get("AWS_DEFAULT_REGION", region))
        kept.setdefault("AWS_DEFAULT_REGION", kept["AWS_REGION"])
    if endpoint := profile.get("endpoint_url"):
        kept.setdefault("AWS_ENDPOINT_URL", endpoint)
    return kept | {
        "AWS_ACCESS_KEY_ID": document["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": document["SecretAccessKey"],
        "AWS_SESSION_TOKEN": document["SessionToken"],
        "AWS_CREDENTIAL_EXPIRATION": document["Expiration"],
        EXEC_GRANT: borrowed.grant,
    }
