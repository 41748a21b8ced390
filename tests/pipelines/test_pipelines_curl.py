"""The script on the page for pipelines, run as it stands there, but for the address."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from tests.docs.page_commands import commands_of
from tests.pipelines.pipeline_world import PipelineIssuer, open_pipelines, served_pipelines

EXAMPLE_ADDRESS = "https://liftgate.example.com"


@pytest.mark.slow
def test_the_script_of_the_page_asks_waits_and_has_credentials(
    tmp_path: Path, issuer: PipelineIssuer
) -> None:
    [script] = [one for one in commands_of("docs/pipelines.md") if one.text.startswith("server=")]
    with open_pipelines(tmp_path, issuer) as pipelines, served_pipelines(pipelines) as address:
        (tmp_path / "token-file").write_text(f"{pipelines.token(aud=address)}\n")
        with subprocess.Popen(
            ["bash", "-xeuo", "pipefail", "-c", script.text.replace(EXAMPLE_ADDRESS, address)],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"]},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                assert process.stderr
                asked = (re.search(r"rq-[0-9a-z]{16}\?wait", step) for step in process.stderr)
                request_id = next(found[0].partition("?")[0] for found in asked if found)
                body = {"answer": "approve", "comment": "go ahead"}
                assert (
                    pipelines.world.post("grace", f"/requests/{request_id}/reviews", body).status_code == 201
                )
                out, steps = process.communicate(timeout=30)
            finally:
                process.kill()
    assert process.returncode == 0, steps
    assert {"access_key_id", "secret_access_key", "session_token", "expires_at"} <= set(json.loads(out))
