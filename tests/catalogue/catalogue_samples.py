"""What the catalogue's tests share: small files that are right, made wrong at one marked place."""

from pathlib import Path

from liftgate.catalogue.errors import CatalogueFaulty
from liftgate.catalogue.fault import Fault
from liftgate.catalogue.files import SourceFile
from liftgate.catalogue.model import Catalogue
from liftgate.catalogue.parse import parse_catalogue

ROOT = Path(__file__).parent.parent.parent
EXAMPLES = ROOT / "examples"

PEOPLE = """\
version: 1
people:
  ada: {name: Ada, identities: ["arn:aws:sts::111122223333:assumed-role/baseline/ada"]}
  grace: {name: Grace}
  linus: {name: Linus}
  bot: {name: Bot, kind: service, identities: ["arn:aws:sts::111122223333:assumed-role/export/*"]}
groups:
  developers: [ada, linus]
  owners: [grace, linus]
  nobody: []
"""

ROLE = "arn:aws:iam::111122223333:role/liftgate/reports-write"


def entitlement(**changes: str | None) -> str:
    """One entitlement as YAML; a change to None leaves a key out."""
    values: dict[str, str | None] = {
        "name": "reports-write",
        "description": "Correct the reports",
        "account": '"111122223333"',
        "role": ROLE,
        "ceiling": '{actions: [write], locations: ["s3://reports/2026/"]}',
        "longest": "1h",
        "requesters": "[ada]",
        "review": "{reviewers: [owners]}",
        **changes,
    }
    lines = [f"{key}: {value}" for key, value in values.items() if value is not None]
    return "  - " + "\n    ".join(lines) + "\n"


def with_entitlement(**changes: str | None) -> str:
    """A whole file that holds one entitlement."""
    return f"{PEOPLE}entitlements:\n{entitlement(**changes)}"


def parsed(*texts: str) -> Catalogue:
    """The catalogue in files called 1.yaml, 2.yaml and so on."""
    return parse_catalogue(files(*texts))


def faults_in(*texts: str | bytes) -> tuple[Fault, ...]:
    """Every fault in such files."""
    try:
        parse_catalogue(files(*texts))
    except CatalogueFaulty as error:
        return error.faults
    return ()


def files(*texts: str | bytes) -> tuple[SourceFile, ...]:
    """Texts as files."""
    return tuple(
        SourceFile(f"{number}.yaml", text.encode() if isinstance(text, str) else text)
        for number, text in enumerate(texts, 1)
    )


def marked(text: str) -> tuple[str, int, int]:
    """A text without its mark ``«``, and the line and column at which it stood."""
    before, mark, after = text.partition("«")
    assert mark, "no mark in the text"
    return before + after, before.count("\n") + 1, len(before) - before.rfind("\n")
