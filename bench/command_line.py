"""How long a person's or an SDK's shell waits for `liftgate`, beside the least that Python itself takes."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from bench.effort import Effort
from bench.figure import Figure, compared, plain
from bench.measure import interleave, timed
from liftgate.cli.cache import cache_folder, context_key, pick_text, session_text
from liftgate.cli.choices import choose, plain_client_file
from liftgate.cli.private_file import write_private
from liftgate.clock import rfc3339

_GRANT: Final = "gr-0123456789abcdef"
_LIFTGATE: Final = str(Path(sys.executable).with_name("liftgate"))
_CREDENTIALS_BAR: Final = 3.0
_HELP_BAR: Final = 6.0


def run(effort: Effort) -> Figure:
    """Whole processes, from the call that starts one to its end, turn by turn."""
    with tempfile.TemporaryDirectory() as home:
        environ = {
            "HOME": home,
            "XDG_CONFIG_HOME": f"{home}/.config",
            "XDG_CACHE_HOME": f"{home}/.cache",
            "PATH": os.defpath,
            "LANG": "C.UTF-8",
        }
        _write_client_file(environ)
        fill = partial(_fill_cache, environ)
        fill()
        _check_answer(environ)
        program = partial(_run_to_its_end, environ=environ)
        samples = interleave(
            {
                "pass": timed(partial(program, [sys.executable, "-c", "pass"])),
                "credentials": timed(partial(program, [_LIFTGATE, "credentials"])),
                "help": timed(partial(program, [_LIFTGATE, "--help"])),
            },
            rounds=effort.rounds(400),
            warm_up=10,
            before_each_round=fill,
        )
    bare = plain("`python -c pass`", samples["pass"])
    return Figure(
        title="The command line",
        how=(
            "Whole processes, started by `posix_spawn` and waited for, with the same interpreter and environment. "
            "`liftgate credentials` is the installed script; it reads the server from the client file, "
            "the picked grant and the session from the cache, and prints what an SDK expects."
        ),
        rows=(
            bare,
            compared(
                "`liftgate credentials`, valid cache", samples["credentials"], bare, bar=_CREDENTIALS_BAR
            ),
            compared("`liftgate --help`", samples["help"], bare, bar=_HELP_BAR),
        ),
    )


def _write_client_file(environ: Mapping[str, str]) -> None:
    folder = Path(environ["XDG_CONFIG_HOME"], "liftgate")
    folder.mkdir(parents=True)
    text = 'server = "https://liftgate.example.com"\nprofile = "baseline"\n'
    (folder / "client.toml").write_text(text, encoding="utf-8")


def _fill_cache(environ: Mapping[str, str]) -> None:
    """What an earlier `liftgate credentials` leaves behind; done anew each round, since it ages in a minute."""
    folder = cache_folder(environ)
    chosen = choose({}, environ, lambda: plain_client_file(environ))
    assert chosen is not None
    key = context_key(chosen, environ)
    now = int(time.time())
    session = session_text(
        _document(), lent_at=now - 60, refresh_at=now + 600, ends_at=now + 900, checked_at=now
    )
    write_private(f"{folder}/{key}.pick", pick_text(_GRANT, picked_at=now))
    write_private(f"{folder}/{key}.{_GRANT}.session", session)


def _document() -> str:
    expires = datetime.now(UTC) + timedelta(minutes=15)
    return json.dumps(
        {
            "Version": 1,
            "AccessKeyId": "ASIAEXAMPLEEXAMPLE00",
            "SecretAccessKey": "x" * 40,
            "SessionToken": "y" * 560,
            "Expiration": rfc3339(expires.replace(microsecond=0)),
        }
    )


def _check_answer(environ: Mapping[str, str]) -> None:
    """A program that fails is quick too: see the credentials before timing them."""
    said = subprocess.run([_LIFTGATE, "credentials"], env=environ, capture_output=True, check=True, text=True)
    if json.loads(said.stdout)["AccessKeyId"] != "ASIAEXAMPLEEXAMPLE00":
        raise RuntimeError("`liftgate credentials` did not answer from its cache")


def _run_to_its_end(command: list[str], *, environ: Mapping[str, str]) -> None:
    nowhere = (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)
    process = os.posix_spawn(command[0], command, environ, file_actions=[nowhere])
    _, status = os.waitpid(process, 0)
    if status != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
