"""Commands of the pages that the rest does not play: `make`, and calls that the embedded AWS does not have, which are answered here."""

import json
import os
import subprocess
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs

import pytest
from tests.docs.not_played import left_to
from tests.docs.page_commands import ROOT
from tests.servers.http_thread import answering
from tests.watch.digest_examples import fingerprint, key, keys_text

from liftgate.watch.digest_keys import read_keys

HERE: Final = "tests/docs/test_docs_not_here.py"
ISSUER: Final = "https://5f0c1d6b-e2a9-4c73-8d11-2f4d7c1e9a10.tokens.sts.global.api.aws"
# https://docs.aws.amazon.com/IAM/latest/APIReference/API_EnableOutboundWebIdentityFederation.html
ENABLED: Final = f"""\
<EnableOutboundWebIdentityFederationResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">
<EnableOutboundWebIdentityFederationResult><IssuerIdentifier>{ISSUER}</IssuerIdentifier>
</EnableOutboundWebIdentityFederationResult></EnableOutboundWebIdentityFederationResponse>"""


@pytest.mark.parametrize(
    "line", sorted({one.text for one in left_to(f"{HERE}::test_make_knows_each_target")})
)
def test_make_knows_each_target(line: str) -> None:
    words = line.split("#", maxsplit=1)[0].split()
    said = subprocess.run([*words, "-n"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    assert said.stdout


class Answers(BaseHTTPRequestHandler):
    """Of CloudTrail and IAM, as their pages have them; anything else is a fault."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        target = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
        action = target or parse_qs(body)["Action"][0]
        answers = {
            "ListPublicKeys": keys_text(),
            "EnableOutboundWebIdentityFederation": ENABLED.encode(),
        }
        self.send_response(200 if action in answers else 400)
        self.end_headers()
        self.wfile.write(answers.get(action, b""))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - so it is called there
        """Nothing."""


@pytest.mark.slow
def test_what_the_embedded_aws_does_not_have_is_asked_for_as_aws_answers_it(tmp_path: Path) -> None:
    said = {}
    with answering(Answers) as port:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": os.devnull,
            "AWS_ACCESS_KEY_ID": "AKIAEXAMPLEEXAMPLE00",
            "AWS_SECRET_ACCESS_KEY": "none",
            "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_PAGER": "",
        }
        for one in left_to(
            f"{HERE}::test_what_the_embedded_aws_does_not_have_is_asked_for_as_aws_answers_it"
        ):
            done = subprocess.run(
                ["sh", "-c", one.text],
                cwd=tmp_path,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, f"{one}\n{done.stderr}"
            said[one.text.split()[2]] = done.stdout
    assert json.loads(said["enable-outbound-web-identity-federation"]) == {"IssuerIdentifier": ISSUER}
    # What was kept of it is what a replay is proved by.
    kept = read_keys(tmp_path.joinpath("keys.json").read_bytes(), where="keys.json")
    assert list(kept) == [fingerprint(key())]
