"""The server's settings that the answers describe, as a commented file for people to go on with."""

from pathlib import Path
from typing import Final

from liftgate.deployment.watching import DEAD_LETTERS, QUEUE, log_bucket, queue_url
from liftgate.setup.catalogue_file import CATALOGUE
from liftgate.setup.model import Draft, Proof
from liftgate.setup.written import quoted

SETTINGS: Final = "server.toml"

_TEXT: Final = """\
# The settings of `liftgate serve --settings server.toml`. Yours to edit. Every setting: docs/settings.md
catalogue = [{catalogue}]
aws_region = {region}

{proof}
# The address by which people reach the server, once TLS stands before it. Left out, this machine alone does.
# public_url = "https://liftgate.example.com"

# Where requests, grants and the ledger are kept. Left out, a file under XDG_DATA_HOME.
# database_url = "postgresql://liftgate@db.internal/liftgate"

# CloudTrail's events, as `liftgate deploy` names where they come from: to be said once its files are applied. Left out, nothing is
# watched.
# watch_queue_url = {queue}
# watch_dead_letter_queue_url = {dead_letters}
# watch_trail_bucket = {trail_bucket}

# What is done about findings: "observe" says what would be done, "act" does it.
response = "observe"

# Every hour, whether the account is still as `liftgate deploy` wrote it: take these lines from the README beside its files.
# [deploy_check]
"""
_PROOF: Final = {
    Proof.AWS: "# People prove who they are by the AWS identity that they hold. There is nothing to set for it.\n",
    Proof.LOCAL: (
        "# Anybody on this machine signs in by a name alone: for a try. Take it out before anybody else reaches the server.\n"
        "local_sign_in = true\n"
    ),
    Proof.OIDC: "# People sign in at the OpenID provider at the end of this file.\n",
}
_PROVIDER: Final = """
[oidc]
issuer = {issuer}
client_id = {client_id}
# client_secret = "…" # where the provider gave one; then keep this file from others
"""


def settings_text(draft: Draft, folder: Path) -> str:
    """The file, for a catalogue in ``folder``."""
    text = _TEXT.format(
        catalogue=quoted(str(folder.absolute() / CATALOGUE)),
        region=quoted(draft.region),
        proof=_PROOF[draft.proof],
        queue=quoted(queue_url(draft.region, draft.account, QUEUE)),
        dead_letters=quoted(queue_url(draft.region, draft.account, DEAD_LETTERS)),
        trail_bucket=quoted(log_bucket(draft.account, draft.region)),
    )
    if draft.proof is not Proof.OIDC:
        return text
    return text + _PROVIDER.format(issuer=quoted(draft.issuer), client_id=quoted(draft.client_id))
