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


def written(tool: str, plan: Plan, events: int = USUAL_EVENTS) -> dict[str, str]:
    """The text of every file, by path. ``events``: calls on watched objects in a month, for what it costs."""
    files = {**TOOLS[tool](plan), **key_policy_files(tool, plan.key_policies)}
    return {**files, "README.md": readme(tool, plan, files, events)}
