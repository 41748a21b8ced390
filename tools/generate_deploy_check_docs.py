"""Writes the table of walls and the policy of who looks into docs/deploy-check.md, from the code that looks.

Run it from anywhere: ``python tools/generate_deploy_check_docs.py``. A test says whether the page is as it would be.
"""

import json
from pathlib import Path

from liftgate.deployment.auditor import looking_policy
from liftgate.drift.walls import WALLS
from liftgate.iam.policy import to_document

PAGE = Path(__file__).resolve().parent.parent / "docs" / "deploy-check.md"
_MARKS = {
    "walls": "<!-- walls: written by tools/generate_deploy_check_docs.py -->\n",
    "policy": "<!-- policy: written by tools/generate_deploy_check_docs.py -->\n",
}
_END = "<!-- end -->"


def page() -> str:
    """The page as it should be."""
    text = PAGE.read_text(encoding="utf-8")
    for name, made in (("walls", _walls()), ("policy", _policy())):
        before, mark, rest = text.partition(_MARKS[name])
        text = before + mark + made + _END + rest.partition(_END)[2]
    return text


def _walls() -> str:
    rows = "".join(
        f"| `{one.id}` | {one.risk} | {one.title} | {one.why} | {one.mend} |\n" for one in WALLS.values()
    )
    return f"| wall | risk | what is wrong | what it costs | how it is mended |\n| --- | --- | --- | --- | --- |\n{rows}"


def _policy() -> str:
    return f"```json\n{json.dumps(to_document(looking_policy()), indent=2)}\n```\n"


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
