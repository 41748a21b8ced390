"""``make demo`` where nothing is installed but Python: the story is played to its end, and Ctrl-C ends all that was begun."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from threading import Timer

import pytest
from tests.demo.test_demo_story import PROMISED
from tests.docs.not_played import left_to
from tests.install.typed import copied_checkout, typed_in_full

pytestmark = [pytest.mark.slow, typed_in_full, pytest.mark.timeout(1800)]

TEST = "tests/install/test_install_demo.py::test_make_demo_plays_the_story_where_nothing_is_installed"
PATIENCE_SECONDS = 900


def test_make_demo_plays_the_story_where_nothing_is_installed(tmp_path: Path) -> None:
    [line] = {one.text.partition("#")[0].strip() for one in left_to(TEST)}
    checkout, home = copied_checkout(tmp_path / "checkout"), tmp_path / "home"
    home.mkdir()
    kept = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    with subprocess.Popen(
        line.split(),
        cwd=checkout,
        env={**kept, "PATH": os.defpath, "HOME": str(home), "PYTHON": sys.executable},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        patience = Timer(PATIENCE_SECONDS, os.killpg, [process.pid, signal.SIGKILL])
        patience.start()
        said = []
        for told in process.stdout:
            said.append(told)
            if "Ctrl-C stops both" in told:
                os.killpg(process.pid, signal.SIGINT)
        patience.cancel()
    played = re.findall(r"^ *\d+\. (.+)  \[ok\]$", "".join(said), re.MULTILINE)
    assert set(PROMISED) <= set(played), "".join(said)
    assert not re.search(r"\[FAILED\]|Traceback", "".join(said)), "".join(said)
