"""``liftgate deploy check``: whether accounts are still as the catalogue says, wall by wall. It needs no server."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from liftgate.cli.deploy_options import options_of, plan_options
from liftgate.cli.extra import needing
from liftgate.cli.options import output_option_with_sarif, wants_json, wants_sarif
from liftgate.cli.table import Column, say_table
from liftgate.cli.terminal import paint, say, say_folded, say_json, say_next
from liftgate.plain_text import plain

if TYPE_CHECKING:
    from liftgate.drift.model import Drift, Report, Unseen

DRIFTED: Final = 1
NOT_LOOKED_AT: Final = 2
_INDENT: Final = 4


@click.command("check", short_help="Whether accounts are still as the catalogue says")
@click.argument("paths", nargs=-1, required=True, metavar="CATALOGUE…", type=click.Path(path_type=Path))
@plan_options
@click.option(
    "--role", metavar="NAME", help="Assume it in each account to look; else your own account alone."
)
@click.option(
    "--expect",
    multiple=True,
    metavar="ARN",
    help="Who or what may do more, and is meant; `*` and `?`; repeat it.",
)
@click.option(
    "--documents",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Put the documents of mending commands there.",
)
@output_option_with_sarif
@click.pass_context
def check(context: click.Context, /, **given: Any) -> None:
    """Hold accounts against the catalogue: each wall that does not stand, its risk, and the command that mends it.

    Give the options with which the files were written. Nothing is changed, and no object is read.

    Ends with 0 where all stands, 1 where something drifted, and 2 where something could not be looked at, whatever else was found.
    """
    report = _report(given)
    if given["documents"]:
        _put_documents(given["documents"], report.drifts)
    if wants_sarif(context):
        _say_sarif(report, given["paths"])
    elif wants_json(context):
        say_json(_as_json(report))
    else:
        _say(report, given)
    code = NOT_LOOKED_AT if report.unseen else DRIFTED if report.drifts else 0
    if code:
        raise click.exceptions.Exit(code)


def _report(given: dict[str, Any]) -> "Report":
    with needing("deploy check"):
        from liftgate.catalogue.parse import load_catalogue  # noqa: PLC0415 - only this command needs all of this
        from liftgate.deployment.places import places_of  # noqa: PLC0415
        from liftgate.deployment.plan import plan_for  # noqa: PLC0415
        from liftgate.drift.clients import AwsClients, LookingRole  # noqa: PLC0415
        from liftgate.drift.compare import compare  # noqa: PLC0415
        from liftgate.drift.expected import Against, Expected  # noqa: PLC0415
        from liftgate.drift.read_account import read_snapshot  # noqa: PLC0415
        from liftgate.elevation.aws_clients import AwsEndpoints  # noqa: PLC0415
    catalogue, options = load_catalogue(given["paths"]), options_of(given)
    plan = plan_for(catalogue, options)
    against = Against(
        plan=plan, places=places_of(catalogue, options), expected=Expected(tuple(given["expect"]))
    )
    role = LookingRole(name=given["role"]) if given["role"] else None
    clients = AwsClients(AwsEndpoints(region=plan.region), partition=plan.partition, role=role)
    return compare(against, read_snapshot(against, clients))


def _put_documents(folder: Path, drifts: Sequence["Drift"]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for one in drifts:
        for name, text in one.mend.documents.items():
            (folder / name).write_text(text, encoding="utf-8")


def _say(report: "Report", given: dict[str, Any]) -> None:
    if report.drifts:
        columns = [
            Column(title="WALL"),
            Column(title="RISK", state=True),
            Column(title="WHERE", folds=True),
            Column(title="IS", folds=True),
            Column(title="SHOULD BE", folds=True),
        ]
        say_table(
            columns,
            [
                (one.wall.id, one.wall.risk.value, _place(one.thing), one.found, one.wanted)
                for one in report.drifts
            ],
        )
        _say_mending(report.drifts)
    if report.unseen:
        _say_unseen(report.unseen, after=bool(report.drifts))
    _say_end(report, given)


def _say_mending(drifts: Sequence["Drift"]) -> None:
    """Each command once, on one line however long: it is to be pasted."""
    say()
    say(paint("To mend:", "bold"))
    for command in dict.fromkeys(shlex.join(one.mend.command) for one in drifts):
        say(f"  {plain(command)}")


def _say_unseen(unseen: Sequence["Unseen"], *, after: bool) -> None:
    if after:
        say()
    say(paint("Not looked at, and so not fine:", "bold"))
    for why in dict.fromkeys(one.why for one in unseen):
        things = ", ".join(_place(one.thing) for one in unseen if one.why == why)
        say_folded(paint("  ? ", "yellow"), f"{things}: {why}", indent=_INDENT)


def _place(arn: str) -> str:
    """An ARN as far as a reader needs it: kind, name, and whose it is; the whole of it stands in the commands."""
    _, _, service, _, account, resource = arn.split(":", 5)
    if resource == "root":
        return f"account {account}"
    named = {"s3": f"bucket {resource}", "sqs": f"queue {resource}"}.get(
        service, resource.replace("/", " ", 1)
    )
    return f"{named} of {account}" if account else named


def _say_end(report: "Report", given: dict[str, Any]) -> None:
    looked = f"{report.looked_at} things looked at"
    if not report.drifts and not report.unseen:
        say(f"All stands: {looked}, and none has drifted.")
        return
    say()
    unseen = f", {len(report.unseen)} could not be looked at" if report.unseen else ""
    say(f"{looked}, {len(report.drifts)} drifted{unseen}.")
    if given["documents"]:
        say_next(f"cd {shlex.quote(str(given['documents']))}, and run what mends")
    elif any(one.mend.documents for one in report.drifts):
        say_next("add --documents DIR for the files that the commands read")
    elif report.unseen:
        say_next("look with the rights that docs/deploy-check.md lists")


def _say_sarif(report: "Report", paths: Sequence[Path]) -> None:
    from importlib.metadata import version  # noqa: PLC0415

    from liftgate.drift.sarif import to_sarif  # noqa: PLC0415

    say_json(to_sarif(report, catalogue=paths[0].as_posix(), version=version("liftgate")))


def _as_json(report: "Report") -> dict[str, Any]:
    return {
        "drifts": [
            {
                "wall": one.wall.id,
                "risk": one.wall.risk.value,
                "title": one.wall.title,
                "why": one.wall.why,
                "thing": one.thing,
                "found": one.found,
                "wanted": one.wanted,
                "mend": {"command": list(one.mend.command), "documents": dict(one.mend.documents)},
            }
            for one in report.drifts
        ],
        "not_looked_at": [{"thing": one.thing, "why": one.why} for one in report.unseen],
        "looked_at": report.looked_at,
    }
