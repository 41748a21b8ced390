"""``liftgate init``: from a few answers to a first catalogue and the server's settings. It needs no server."""

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from liftgate.cli.extra import needing
from liftgate.cli.options import SHARED, client_options, given_options, output_option, wants_json
from liftgate.cli.terminal import say, say_json, say_next, warn
from liftgate.plain_text import plain

if TYPE_CHECKING:
    from liftgate.cli.questioning import Given
    from liftgate.setup.account import Account
    from liftgate.setup.model import Draft

_ANSWERS: Final = (
    ("proof", "WAY", False, "How people prove who they are: aws, oidc, or local for a try."),
    ("region", "REGION", False, "Where Liftgate runs."),
    ("account", "ID", False, "The account of the buckets."),
    ("issuer", "URL", False, "Of the OpenID provider."),
    ("client-id", "ID", False, "Of Liftgate at the provider."),
    ("baseline", "ROLE", False, "The read-only role that people hold: name or ARN."),
    ("holder", "WHO", True, "Who may ask: the name of their session, ID=ARN, or ID=SUBJECT of oidc."),
    ("location", "S3", True, "Where they may ask for more: s3://bucket/prefix/."),
    ("kms-key", "ARN", True, "KMS key of objects there; of one bucket: BUCKET=ARN [default: none]."),
    ("action", "WORD", True, "What they may ask for [default: write]."),
    ("reviewer", "WHO", True, "Who reviews; as --holder."),
    ("longest", "SPAN", False, "For how long at most [default: 1h]."),
)
_PATIENCE_SECONDS: Final = 3


def _with_answers(function: "click.decorators.FC") -> "click.decorators.FC":
    for flag, metavar, is_list, says in reversed(_ANSWERS):
        repeat = " Repeat it." if is_list else ""
        option = click.option(
            f"--{flag}", flag.replace("-", "_"), metavar=metavar, multiple=is_list, help=says + repeat
        )
        function = option(function)
    return function


@click.command("init", epilog=SHARED)
@_with_answers
@click.option(
    "--out",
    default=".",
    show_default=True,
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the files.",
)
@client_options
@output_option
@click.pass_context
def command(context: click.Context, /, out: Path, **answers: str | tuple[str, ...] | None) -> None:
    """Write a first catalogue and the server's settings, by a short conversation.

    Each question can be answered by its option. Where AWS credentials are at hand, what is in the account is offered; nothing
    there is changed. Files that are there are never touched: then the difference is shown, and nothing is written.
    """
    with needing("init"):
        from liftgate.setup.answers import check  # noqa: PLC0415 - only this command needs a YAML reader
        from liftgate.setup.catalogue_file import CATALOGUE  # noqa: PLC0415
        from liftgate.setup.settings_file import SETTINGS  # noqa: PLC0415
    draft = _draft(_given(answers), out, given_options(context).get("profile"))
    catalogue, settings = check(draft, out)
    _put(context, out, {CATALOGUE: catalogue, SETTINGS: settings}, draft)


def _given(answers: "dict[str, str | tuple[str, ...] | None]") -> "Given":
    return {
        name.replace("_", "-"): (value,) if isinstance(value, str) else tuple(value or ())
        for name, value in answers.items()
    }


def _draft(given: "Given", out: Path, profile: str | None) -> "Draft":
    from liftgate.cli.questioning import ask_all, can_ask, take_given, tell  # noqa: PLC0415
    from liftgate.setup.answers import check  # noqa: PLC0415
    from liftgate.setup.catalogue_file import CATALOGUE  # noqa: PLC0415
    from liftgate.setup.files import earlier_text  # noqa: PLC0415
    from liftgate.setup.flags import earlier_answers  # noqa: PLC0415
    from liftgate.setup.model import Draft  # noqa: PLC0415

    if not can_ask():
        return take_given(given)
    check(Draft(), out)  # what the environment says may be at fault: no answer could mend that
    tell("A few questions. Enter takes what stands in brackets; Ctrl-C ends, and nothing is written.")
    earlier = earlier_text(out / CATALOGUE)
    if earlier is not None:
        tell(f"{out / CATALOGUE} is there and stays as it is; the difference is shown at the end.")
    account = _account(profile or os.environ.get("LIFTGATE_PROFILE"))
    for sentence in account.unsaid:
        tell(f"{sentence[:1].upper()}{sentence[1:]}: you are asked instead.")
    draft = ask_all(given, account, earlier_answers(earlier or ""))
    _warn_of_names(draft, account)
    _warn_of_keys(draft, account)
    tell()
    return draft


def _account(profile: str | None) -> "Account":
    from botocore.config import Config  # noqa: PLC0415

    from liftgate.cli.aws_identity import everyday_client, everyday_region  # noqa: PLC0415
    from liftgate.errors import LiftgateError  # noqa: PLC0415
    from liftgate.setup.account import Account, read_account  # noqa: PLC0415

    patience = Config(
        connect_timeout=_PATIENCE_SECONDS,
        read_timeout=_PATIENCE_SECONDS * 2,
        retries={"mode": "standard", "total_max_attempts": 2},
    )
    try:
        region = everyday_region(profile)
    except LiftgateError as error:
        return Account(unsaid=(error.sentence,))
    return read_account(lambda service: everyday_client(service, profile, patience), region)


def _warn_of_names(draft: "Draft", account: "Account") -> None:
    """Say at once where nobody could sign in by their session: there is no such role, or it lets them choose its name."""
    from liftgate.identity.ports import SessionRole  # noqa: PLC0415
    from liftgate.identity.session_names import judged  # noqa: PLC0415
    from liftgate.setup.model import Proof  # noqa: PLC0415
    from liftgate.setup.people import role_of  # noqa: PLC0415

    if draft.proof is not Proof.AWS:
        return
    role = role_of(draft)
    found = account.role_named(role)
    if found is None:
        if account.roles and role.account == account.number:
            warn(
                f"AWS names no role `{role.name}` that people could take up",
                f"make it: add --baseline {role.name} --baseline-user ARN to liftgate deploy",
            )
        return
    session_role = SessionRole(
        partition=role.partition, account=role.account, name=role.name, role_id=found.id
    )
    doubt = judged(session_role, found.trust)
    if doubt is not None:
        warn(doubt.sentence, doubt.advice)


def _warn_of_keys(draft: "Draft", account: "Account") -> None:
    """Say of which buckets it is not known under which keys objects are encrypted: writing would fail."""
    from liftgate.setup.entitlements import buckets_of  # noqa: PLC0415

    for bucket in buckets_of(draft):
        unsaid = account.key_of(bucket).unsaid
        if unsaid is not None:
            warn(unsaid, "where it is a key of your own, write its ARN under `kms_keys` in the catalogue")


def _put(context: click.Context, out: Path, texts: dict[str, str], draft: "Draft") -> None:
    from liftgate.setup.errors import FileDiffers  # noqa: PLC0415
    from liftgate.setup.files import differences, is_any_there, put  # noqa: PLC0415
    from liftgate.setup.settings_file import SETTINGS  # noqa: PLC0415

    is_there = is_any_there(out, texts)
    if is_there and (difference := differences(out, texts, private=(SETTINGS,))):
        if wants_json(context):
            say_json({"written": [], "difference": difference})
        else:
            say(_plain_lines(difference))
        raise FileDiffers(
            f"there are files in `{plain(str(out))}` that say something else; nothing was written",
            advice="take over what you want of the difference above, or name another folder: --out DIR",
        )
    if not is_there:
        put(out, texts, private=(SETTINGS,))
    following = _following(out, draft)
    if wants_json(context):
        say_json({"written": [] if is_there else [str(out / name) for name in texts], "next": following})
        return
    for name in texts:
        say(f"{'same' if is_there else 'new':<5} {plain(str(out / name))}")
    say_next(*following)


def _plain_lines(text: str) -> str:
    """Lines in which nothing is an instruction to a terminal."""
    return "\n".join(plain(line) for line in text.rstrip("\n").split("\n"))


def _following(out: Path, draft: "Draft") -> list[str]:
    from liftgate.setup.catalogue_file import CATALOGUE  # noqa: PLC0415
    from liftgate.setup.settings_file import SETTINGS  # noqa: PLC0415

    catalogue, settings, files = (shlex.quote(str(out / name)) for name in (CATALOGUE, SETTINGS, "aws"))
    readme = shlex.quote(str(out / "aws" / "README.md"))
    return [
        f"liftgate config check --settings {settings}",
        f"liftgate deploy cloudformation {catalogue} --region {draft.region} --out {files}",
        f"less {readme}  # how to apply them",
        f"liftgate deploy check {catalogue} --region {draft.region}",
        f'sed -i.bak "/^# watch_/s/^# //" {settings}  # where events come from',
        f"liftgate doctor --server-side --settings {settings}",
        f"liftgate serve --settings {settings}",
        "liftgate doctor --all  # in a second terminal",
    ]
