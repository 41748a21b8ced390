"""checkov, which asks what security reviewers ask, has nothing against the samples but what is explained beside it."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tools.generate_deploy_docs import FOLDER

CHECKOV = Path(sys.prefix) / "checkov" / "bin" / "checkov"


@pytest.mark.slow
def test_checkov_finds_nothing_that_is_not_explained() -> None:
    if not CHECKOV.exists():
        pytest.skip("NOT CHECKED BY CHECKOV: run `tools/install.sh dev tool=checkov` to run this test")
    asked: list[str | Path] = [
        CHECKOV,
        "-d",
        FOLDER,
        "--framework",
        "cloudformation",
        "terraform",
        "--skip-download",
        "-o",
        "json",
    ]
    found = subprocess.run(
        asked,
        check=False,
        capture_output=True,
        text=True,
        env={"HOME": "/nonexistent", "PATH": "/usr/bin:/bin"},
    )
    reports: list[dict[str, Any]] = json.loads(found.stdout)
    assert {one["check_type"] for one in reports} == {"cloudformation", "terraform"}
    assert [
        (one["check_id"], one["check_name"], one["resource"], one["file_path"])
        for report in reports
        for one in report["results"]["failed_checks"]
    ] == []
    assert [error for report in reports for error in report["results"]["parsing_errors"]] == []
    assert all(report["summary"]["passed"] > 200 for report in reports)
    explained = {
        one["check_result"]["suppress_comment"]
        for report in reports
        for one in report["results"]["skipped_checks"]
    }
    assert explained
    assert all(re.fullmatch(r".{40,}\.", why) for why in explained)
