"""Which steps a finding calls for."""

from liftgate.response.model import Step
from liftgate.watch.finding import Answer, Finding


def steps_for(finding: Finding) -> tuple[Step, ...]:
    """The steps, the least first: a step that fails keeps none of those before it from being done.

    A grant can be taken back only where the finding is of one, and a person held only where it is known who it was.
    """
    wanted = _STEPS[finding.answer]
    return tuple(
        step
        for step in wanted
        if step is Step.ALERT
        or (step is Step.REVOKE and finding.grant_id is not None)
        or (step is Step.QUARANTINE and finding.person is not None)
    )


_STEPS: dict[Answer, tuple[Step, ...]] = {
    Answer.NOTHING: (),
    Answer.ALERT: (Step.ALERT,),
    Answer.REVOKE: (Step.ALERT, Step.REVOKE),
    Answer.QUARANTINE: (Step.ALERT, Step.REVOKE, Step.QUARANTINE),
}
