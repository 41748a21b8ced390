"""Writes docs/cli.md from what the program itself says with ``--help``, so that the page cannot drift from it.

Run it from anywhere: ``python tools/generate_cli_docs.py``. With ``--check`` it only says whether the page is as it would be.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import click

from liftgate.cli.app import root
from liftgate.cli.exit_code import ExitCode
from liftgate.cli.main import main as liftgate

PAGE = Path(__file__).resolve().parent.parent / "docs" / "cli.md"

HEAD = """\
<!-- Written by tools/generate_cli_docs.py from the program's own --help: change it there. -->

# The command line

`liftgate` talks to a Liftgate server over HTTPS. Signing in happens by itself: the AWS identity that you hold is proved to
the server when a command needs it, and the answer is kept for some hours.

```console
$ liftgate --help
"""

SETTINGS = """\
## Settings

An option goes before the environment, and that before the client file, `~/.config/liftgate/client.toml`:

```toml
server = "https://liftgate.example.com"
profile = "baseline"
```

| option | variable | client file | what it says |
| --- | --- | --- | --- |
| `--server` | `LIFTGATE_SERVER` | `server` | Liftgate's address; plain http only on this machine |
| `--profile` | `LIFTGATE_PROFILE` | `profile` | the AWS profile that proves who you are; else what AWS's tools would use |
| `--as` | `LIFTGATE_SIGN_IN` | `sign_in` | how a pipeline signs in: `token:FILE`, which `LIFTGATE_TOKEN_FILE` names too, or `github` in a job of GitHub Actions ([pipelines](pipelines.md)). `local:NAME`: the demo's sign-in by name |
| `--output` | | | `table` for people; `json` for programs: the objects of the API, one a line, and on standard error one object for what is wrong, with a stable `code`, also where the command line itself cannot be read |

`NO_COLOR` is respected. `SSL_CERT_FILE` names certificates of an authority of your own. `LIFTGATE_DEBUG=1` shows a traceback
where Liftgate itself is at fault.

## Files

| file | what is in it | mode |
| --- | --- | --- |
| `~/.config/liftgate/client.toml` | the settings above; you write it | yours |
| `~/.cache/liftgate/` | sign-ins and borrowed sessions; may be removed at any time | 0700, each file 0600 |
| `~/.aws/config` | the profile that `liftgate profile install` writes, and nothing else of ours | kept |

`XDG_CONFIG_HOME`, `XDG_CACHE_HOME` and `AWS_CONFIG_FILE` are respected.

## Borrowed sessions

`liftgate credentials` is a `credential_process` for AWS's SDKs and tools. A session is borrowed once for all processes of
yours, kept until a fifth of its life or five minutes are left, and then renewed for as long as the grant's window goes on. Once
a minute the server is asked whether the grant still stands. Where the server cannot be asked, a living session goes on to be
used: AWS holds it to its window. One that is over is never printed.
"""


def page() -> str:
    """The whole page."""
    parts = [HEAD + help_of([]) + "```\n", SETTINGS, exit_codes()]
    parts += [section(path) for path in command_paths(root, [])]
    return "\n".join(parts)


def exit_codes() -> str:
    """The table of exit codes."""
    rows = "".join(f"| {code.value} | {code.meaning} |\n" for code in ExitCode)
    return f"## Exit codes\n\n| code | what it says |\n| --- | --- |\n{rows}"


def section(path: list[str]) -> str:
    """One command."""
    title = " ".join(["liftgate", *path])
    return f"{'#' * (1 + len(path))} {title}\n\n```console\n$ {title} --help\n{help_of(path)}```\n"


def command_paths(group: click.Group, path: list[str]) -> Iterator[list[str]]:
    """Every command, each group before what is in it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield [*path, name]
        if isinstance(command, click.Group):
            yield from command_paths(command, [*path, name])


def help_of(path: list[str]) -> str:
    """What the program says, at 80 columns."""
    said = StringIO()
    with redirect_stdout(said):
        code = liftgate([*path, "--help"])
    if code != ExitCode.OK:
        raise ValueError(f"`liftgate {' '.join(path)} --help` ended with {code}")
    return said.getvalue()


def main() -> int:
    """Write the page, or say that it is out of date."""
    os.environ |= {"COLUMNS": "82", "NO_COLOR": "1"}
    text = page()
    if sys.argv[1:] == ["--check"]:
        if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
            print("docs/cli.md is not what the program says: run tools/generate_cli_docs.py")
            return 1
        return 0
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
