"""Writes examples/deploy/: what ``liftgate deploy`` makes of the sample catalogues, to be read in review.

Run it from anywhere: ``python tools/generate_deploy_docs.py``. A test says whether the files are as they would be.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from liftgate.catalogue.parse import load_catalogue
from liftgate.deployment.files import put_files
from liftgate.deployment.options import DeployOptions, NewBaseline
from liftgate.deployment.plan import plan_for
from liftgate.deployment.write import TOOLS, written

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "examples" / "deploy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A catalogue, and how it is deployed."""

    catalogue: Path
    options: DeployOptions = field(default_factory=lambda: DeployOptions(region="eu-central-1"))


SAMPLES: Mapping[str, Sample] = {
    "one-account": Sample(catalogue=ROOT / "examples" / "catalogue"),
    "two-accounts": Sample(
        catalogue=ROOT / "examples" / "catalogue-folder",
        options=DeployOptions(region="eu-central-1", account="111122223333", organization="o-a1b2c3d4e5"),
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
    return written(tool, plan_for(load_catalogue([sample.catalogue]), sample.options))


def main() -> None:
    """Write all."""
    for name in SAMPLES:
        for tool in TOOLS:
            put = put_files(FOLDER / name / tool, sample_files(name, tool))
            for path in put.left:
                (FOLDER / name / tool / path).unlink()


if __name__ == "__main__":
    main()
