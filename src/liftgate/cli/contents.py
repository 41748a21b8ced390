"""The table of contents: every command, what it does in a few words, and the module that holds it.

Part of the quick path: the first help screen is made of this alone. Its lines fit into 60 columns.
"""

HELP_FLAGS = ("--help", "-h", "help")

_OURS = "liftgate.cli.commands."

CONTENTS = {
    "Ask": {
        "request": ("ask for access to S3 locations", _OURS + "request"),
        "status": ("your open requests and live grants", _OURS + "status"),
        "show": ("one request, grant or finding in full", _OURS + "show"),
        "cancel": ("withdraw a request", _OURS + "cancel"),
        "extend": ("go on from a running grant", _OURS + "extend"),
    },
    "Use": {
        "exec": ("run a command with lent credentials", _OURS + "exec"),
        "credentials": ("lend credentials to AWS tools", _OURS + "credentials"),
        "profile": ("put a profile into the AWS config file", _OURS + "profile"),
        "return": ("give a grant back before it ends", _OURS + "return_"),
        "uploads": ("multipart uploads that a grant left", _OURS + "uploads"),
    },
    "Review": {
        "review": ("list, approve and deny requests", _OURS + "review"),
        "away": ("who answers while you are away", _OURS + "away"),
        "grants": ("list grants", _OURS + "grants"),
        "revoke": ("take a grant back", _OURS + "revoke"),
        "findings": ("what was found in CloudTrail", _OURS + "findings"),
        "settlement": ("what was used of a grant that is over", _OURS + "settlement"),
        "hold": ("shut somebody out: a laptop is gone", _OURS + "hold"),
        "holds": ("who gets nothing new, since when", _OURS + "holds"),
        "release": ("let somebody on hold ask again", _OURS + "release"),
    },
    "Look": {
        "whoami": ("who the server says you are", _OURS + "whoami"),
        "doctor": ("what works, what does not, what to do", _OURS + "doctor"),
        "catalogue": ("what may be asked for; check its files", _OURS + "catalogue"),
        "dead-letters": ("events that could not be taken", _OURS + "dead_letters"),
        "known": ("what calls are judged by, for a replay", _OURS + "known"),
        "overview": ("how much was granted, how fast, what was used", _OURS + "overview"),
        "ledger": ("the record: show, verify, export", _OURS + "ledger"),
        "rules": ("what counts as a finding; test rule files", _OURS + "rules"),
        "replay": ("judge CloudTrail log files", _OURS + "replay"),
        "iam": ("ask questions about IAM policies", _OURS + "iam"),
    },
    "Set up": {
        "init": ("write a first catalogue and settings", _OURS + "init"),
        "login": ("sign in with a browser", _OURS + "login"),
        "sign-in": ("sign in now, instead of when needed", _OURS + "sign_in"),
        "identities": ("your identities: list, link, unlink", _OURS + "identities"),
        "slack": ("answer in Slack: link your user there", _OURS + "slack"),
        "sign-out": ("end the sign-in on this machine", _OURS + "sign_out"),
        "config": ("what is set, where; what is wrong with it", _OURS + "config"),
        "completion": ("make the shell complete commands", _OURS + "completion"),
        "deploy": ("what it needs at AWS, as files", _OURS + "deploy"),
        "serve": ("run the server", _OURS + "serve"),
        "watch": ("take CloudTrail's events, for a server", _OURS + "watch"),
        "demo": ("try it all on this machine", _OURS + "demo"),
    },
}

_HEAD = """\
Usage: liftgate COMMAND [OPTIONS]

Just-in-time S3 access that ends by itself.
"""

_FOOT = """
Options, before or after the command:
  --server URL        Liftgate's address ($LIFTGATE_SERVER)
  --profile NAME      AWS profile that proves who you are
                      ($LIFTGATE_PROFILE)
  --as WAY            token:FILE or github: for pipelines
                      local:NAME: for the demo
  --output FORMAT     table, or json for programs
  --version           print the version
  --help              this, or help on a command

Start with: liftgate doctor
"""


def summary_of(command: str) -> str:
    """What a command does, in a few words."""
    return _entry(command)[0]


def module_of(command: str) -> str:
    """The module in which a command is, as ``command``."""
    return _entry(command)[1]


def command_names() -> "list[str]":
    """Every command, in the order of the help screen."""
    return [name for group in CONTENTS.values() for name in group]


def root_help() -> str:
    """The first help screen."""
    lines = [_HEAD]
    for title, group in CONTENTS.items():
        lines.append(f"{title}:")
        lines += [f"  {name:<13}{summary}" for name, (summary, _) in group.items()]
        lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n" + _FOOT


def _entry(command: str) -> "tuple[str, str]":
    return next(group[command] for group in CONTENTS.values() if command in group)
