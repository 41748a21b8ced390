"""Writes examples/deploy/: what ``liftgate deploy`` makes of the sample catalogues, to be read in review; and the calls in docs/roles.md.

Run it from anywhere: ``python tools/generate_deploy_docs.py``. A test says whether the files are as they would be.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from liftgate.catalogue.parse import load_catalogue
from liftgate.deployment.calls import CALLS, By
from liftgate.deployment.files import put_files
from liftgate.deployment.options import DeployOptions, NewBaseline
from liftgate.deployment.plan import plan_for
from liftgate.deployment.write import TOOLS, written

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "examples" / "deploy"
ROLES = ROOT / "docs" / "roles.md"
_BEGIN = "<!-- {what}: written by tools/generate_deploy_docs.py -->\n"
_END = "<!-- end of {what} -->"
_WHO = {
    By.BROKER: "the broker",
    By.ACCOUNT: "the broker at home, the revoker elsewhere",
    By.AUDITOR: "the auditor",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A catalogue, and how it is deployed."""

    catalogue: Path
    options: DeployOptions = field(default_factory=lambda: DeployOptions(region="eu-central-1"))
    tools: tuple[str, ...] = tuple(TOOLS)
    stack_set: bool = False


SAMPLES: Mapping[str, Sample] = {
    "one-account": Sample(catalogue=ROOT / "examples" / "catalogue"),
    "two-accounts": Sample(
        catalogue=ROOT / "examples" / "catalogue-folder",
        options=DeployOptions(region="eu-central-1", account="111122223333", organization="o-a1b2c3d4e5"),
    ),
    "organization": Sample(
        catalogue=ROOT / "examples" / "catalogue-folder",
        options=DeployOptions(region="eu-central-1", account="111122223333", organization="o-a1b2c3d4e5"),
        tools=("cloudformation",),
        stack_set=True,
    ),
    "in-place": Sample(
        catalogue=ROOT / "src" / "liftgate" / "demo" / "catalogue.yaml",
        options=DeployOptions(
            region="us-east-1",
            broker_arn="arn:aws:iam::111122223333:user/liftgate-broker",
            baseline=NewBaseline(
                name="LakesideReadOnly",
                users=tuple(f"arn:aws:iam::111122223333:user/{name}" for name in ("ada", "grace", "linus")),
            ),
            reads=True,
        ),
    ),
    "what-is-there": Sample(
        catalogue=ROOT / "examples" / "catalogue",
        options=DeployOptions(
            region="eu-central-1",
            trail_bucket="lakeside-cloudtrail",
            trail_key_arn="arn:aws:kms:eu-central-1:111122223333:key/6f0d7c0e-58a4-4a36-9f0e-0c6a4b8d2e11",
            queue_arn="arn:aws:sqs:eu-central-1:111122223333:security-events",
        ),
    ),
}


def sample_files(name: str, tool: str) -> dict[str, str]:
    """What a tool makes of a sample, by path."""
    sample = SAMPLES[name]
    plan = plan_for(load_catalogue([sample.catalogue]), sample.options)
    return written(tool, plan, stack_set=sample.stack_set)


def roles_page() -> str:
    """The page, with the tables of calls as they are."""
    text = ROLES.read_text(encoding="utf-8")
    for what, callers in (("calls", {By.BROKER, By.ACCOUNT}), ("the auditor's calls", {By.AUDITOR})):
        begin, end = _BEGIN.format(what=what), _END.format(what=what)
        before, _, rest = text.partition(begin)
        text = f"{before}{begin}{_table(callers)}{end}{rest.partition(end)[2]}"
    return text


def _table(callers: Collection[By]) -> str:
    rows = "".join(
        f"| {', '.join(f'`{one.action}`' for one in calls)} | {on}{', under the boundary that Liftgate gave them' if bounded else ''} | "
        f"{why} | {_WHO[by]} |\n"
        for (by, on, why, bounded), calls in groupby(
            (one for one in CALLS if one.by in callers),
            key=lambda one: (one.by, one.on, one.why, one.under_boundary),
        )
    )
    return f"\n| call | on | what for | by |\n| --- | --- | --- | --- |\n{rows}\n"


def main() -> None:
    """Write all."""
    ROLES.write_text(roles_page(), encoding="utf-8")
    for name in SAMPLES:
        for tool in SAMPLES[name].tools:
            put = put_files(FOLDER / name / tool, sample_files(name, tool))
            for path in put.left:
                (FOLDER / name / tool / path).unlink()


if __name__ == "__main__":
    main()
