"""A plan as files, by tool.

files = written("cloudformation", plan_for(catalogue, options))
"""

from collections.abc import Callable, Mapping
from typing import Final

from liftgate.deployment.cloudformation import iam_templates
from liftgate.deployment.cloudformation_watch import watch_templates
from liftgate.deployment.cost import USUAL_EVENTS
from liftgate.deployment.guide import readme
from liftgate.deployment.key_policies import key_policy_files
from liftgate.deployment.model import Plan
from liftgate.deployment.stack_sets import in_stack_sets
from liftgate.deployment.terraform import iam_modules
from liftgate.deployment.terraform_watch import watch_modules


def _cloudformation(plan: Plan) -> dict[str, str]:
    return {**iam_templates(plan), **watch_templates(plan)}


def _terraform(plan: Plan) -> dict[str, str]:
    return {**iam_modules(plan), **watch_modules(plan)}


TOOLS: Final[Mapping[str, Callable[[Plan], dict[str, str]]]] = {
    "cloudformation": _cloudformation,
    "terraform": _terraform,
}


def written(tool: str, plan: Plan, events: int = USUAL_EVENTS, *, stack_set: bool = False) -> dict[str, str]:
    """The text of every file, by path. ``events``: calls on watched objects in a month, for what it costs.

    ``stack_set``, of CloudFormation alone: member accounts by StackSets. Raises ``BadDeployOption`` where that cannot be.
    """
    files = TOOLS[tool](plan)
    if stack_set:
        files = in_stack_sets(plan, files)
    files |= key_policy_files(tool, plan.key_policies)
    return {**files, "README.md": readme(tool, plan, files, events)}
