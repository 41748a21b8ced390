"""What the user chose: server, profile and sign-in, from options, the environment, or the client file, in that order.

Part of the quick path: imports nothing. ``liftgate.cli.settings`` checks what is chosen here.
"""

# Importing pathlib would take longer than the whole quick answer.
# ruff: noqa: PTH111, PTH123

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SIGNING_IN = (
    "LIFTGATE_SIGNING_IN"  # set for all that runs while AWS credentials for our own sign-in are looked up
)
EXEC_GRANT = "LIFTGATE_EXEC_GRANT"  # the grant whose credentials a command was started with
TOKEN_FILE = "LIFTGATE_TOKEN_FILE"  # noqa: S105 - a variable, as short for LIFTGATE_SIGN_IN=token:…
VARIABLES = {"server": "LIFTGATE_SERVER", "profile": "LIFTGATE_PROFILE", "sign_in": "LIFTGATE_SIGN_IN"}


def choose(
    given: "Mapping[str, str]",
    environ: "Mapping[str, str]",
    client_file: "Callable[[], Mapping[str, str] | None]",
) -> "dict[str, str] | None":
    """One text for each of ``VARIABLES``, empty where nothing was chosen.

    ``client_file`` is asked only where something is still open; None from it makes the whole answer None.
    """
    chosen = {name: given.get(name) or environ.get(variable, "") for name, variable in VARIABLES.items()}
    if not chosen["sign_in"] and environ.get(TOKEN_FILE):
        chosen["sign_in"] = f"token:{environ[TOKEN_FILE]}"
    if all(chosen.values()):
        return chosen
    filed = client_file()
    if filed is None:
        return None
    return {name: text or filed.get(name, "") for name, text in chosen.items()}


def client_file_path(environ: "Mapping[str, str]") -> str:
    """Where the client file is: ``$XDG_CONFIG_HOME/liftgate/client.toml``, in ``~/.config`` by default.

    Empty where there is no home: a path that begins with ``~`` would be read from the folder that one happens to be in.
    """
    folder = environ.get("XDG_CONFIG_HOME", "")
    if not folder.startswith("/"):  # the XDG specification: a relative path is ignored
        folder = os.path.expanduser("~/.config")
    return f"{folder}/liftgate/client.toml" if folder.startswith("/") else ""


def plain_client_file(environ: "Mapping[str, str]") -> "dict[str, str] | None":
    """The client file, if it is missing or plain enough to be read without a TOML reader; else None."""
    try:
        with open(client_file_path(environ), encoding="utf-8", newline="") as file:
            values = plain_toml(file.read())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        return None
    return values if values is not None and values.keys() <= VARIABLES.keys() else None


def plain_toml(text: str) -> "dict[str, str] | None":
    """What a TOML document of nothing but comments and ``key = "plain text"`` lines says; None for any other."""
    values: dict[str, str] = {}
    for line in text.split("\n"):
        content = line.strip(" \t")
        if not content or (content.startswith("#") and content.isprintable()):
            continue
        key, equals, value = content.partition("=")
        key, value = key.rstrip(" \t"), value.lstrip(" \t")
        if not equals or not key.replace("_", "a").isalpha() or not key.isascii() or key in values:
            return None
        if len(value) < 2 or value[0] != '"' or value[-1] != '"' or not _is_plain(value[1:-1]):
            return None
        values[key] = value[1:-1]
    return values


def _is_plain(text: str) -> bool:
    return text.isprintable() and '"' not in text and "\\" not in text
