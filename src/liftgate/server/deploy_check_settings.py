"""What the settings say of the check of deployed accounts that the worker makes: docs/deploy-check.md."""

from datetime import timedelta
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_settings import NoDecode

from liftgate.deployment.errors import BadDeployOption
from liftgate.deployment.options import AUDITOR_NAME, DeployOptions, NewBaseline, RunsOn
from liftgate.server.setting_texts import read_span


def _as_option(name: str, default: object = None) -> Any:
    return Field(default=default, description=f"As `--{name}` of `liftgate deploy`.")


class DeployCheckSettings(BaseModel):
    """How often, as whom, and with which of ``liftgate deploy``'s options."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    every: Annotated[timedelta, NoDecode] = Field(
        default=timedelta(hours=1),
        ge=timedelta(minutes=5),
        le=timedelta(days=7),
        description="How often; also when a server starts.",
        examples=["6h"],
    )
    role: str = Field(
        default=AUDITOR_NAME,
        pattern=r"^[A-Za-z0-9_+=,.@/-]{1,512}$",
        description="Name of the role that is assumed in each account to look; left out, the one that `liftgate deploy` writes.",
    )
    expect: tuple[str, ...] = Field(
        default=(),
        max_length=200,
        description="Who or what may do more, and is meant: ARNs with `*` and `?`.",
    )
    account: str | None = _as_option("account")
    runs_on: RunsOn = _as_option("runs-on", RunsOn.EC2)
    broker: str | None = _as_option("broker")
    baseline: str | None = _as_option("baseline")
    baseline_users: tuple[str, ...] = _as_option("baseline-user", ())
    trail_bucket: str | None = _as_option("trail-bucket")
    trail_key: str | None = _as_option("trail-key")
    queue: str | None = _as_option("queue")
    dead_letter_queue: str | None = _as_option("dead-letter-queue")
    reads: bool = _as_option("reads", default=False)
    also_regions: tuple[str, ...] = _as_option("also-region", ())
    organization: str | None = _as_option("organization")
    auditor: bool = Field(
        default=True,
        description="False where the files were written with `--no-auditor`: then `role` is yours.",
    )

    @field_validator("every", mode="before")
    @classmethod
    def _read_span(cls, value: object) -> object:
        return read_span(value)

    def options(self, region: str, external_ids: dict[str, str]) -> DeployOptions:
        """As ``liftgate deploy`` takes them. Raises ``BadDeployOption``."""
        if self.baseline_users and not self.baseline:
            raise BadDeployOption("`baseline_users` are given without `baseline`", advice="name the role")
        return DeployOptions(
            region=region,
            account=self.account,
            runs_on=self.runs_on,
            broker_arn=self.broker,
            baseline=NewBaseline(name=self.baseline, users=self.baseline_users) if self.baseline else None,
            trail_bucket=self.trail_bucket,
            trail_key_arn=self.trail_key,
            queue_arn=self.queue,
            dead_letter_queue_arn=self.dead_letter_queue,
            reads=self.reads,
            also_regions=self.also_regions,
            organization=self.organization,
            auditor=self.auditor,
            external_ids=external_ids,
        )
