"""Writes docs/catalogue.md and docs/catalogue.schema.json from the keys that the parser knows.

Run it from anywhere: ``python tools/generate_catalogue_docs.py``. A test compares the committed files with it.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from liftgate.catalogue.errors import CatalogueFaulty
from liftgate.catalogue.files import SourceFile
from liftgate.catalogue.keys import CEILING, ENTITLEMENT, FILE, JUSTIFICATION, PERSON, TICKET
from liftgate.catalogue.parse import parse_catalogue
from liftgate.catalogue.reference import cell, key_table
from liftgate.catalogue.render import render_faults
from liftgate.catalogue.review_keys import BREAK_GLASS, REFUSAL, REVIEW, STAGE, WITHOUT_REVIEW
from liftgate.catalogue.schema import catalogue_schema
from liftgate.catalogue.vocabulary import OF_REQUEST
from liftgate.iam.s3.actions import GROUPS

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "examples" / "catalogue" / "catalogue.yaml"
FAULTY = ROOT / "examples" / "catalogue-faulty" / "catalogue.yaml"

RECORDS = (
    ("The file", FILE),
    ("A person or service", PERSON),
    ("An entitlement", ENTITLEMENT),
    ("`ceiling`", CEILING),
    ("`review`", REVIEW),
    ("`review.stages`", STAGE),
    ("`review.without_review`", WITHOUT_REVIEW),
    ("`review.refuse_when`", REFUSAL),
    ("`break_glass`", BREAK_GLASS),
    ("`justification`", JUSTIFICATION),
    ("`ticket`", TICKET),
)

HEAD = """\
<!-- Written by tools/generate_catalogue_docs.py from the keys that the parser knows: change them there. -->

# The catalogue

The catalogue says what may be asked for, by whom, for how long, and who agrees. It is one YAML file, or a folder of
them: all its `*.yaml` and `*.yml` files, in the order of their names, without those that begin with a dot, and without
folders within it. Any file may use a name that another one declares; no name is declared twice.

`liftgate catalogue check PATH…` names every fault with its line and column, and what would be right. Editors that know
JSON Schema complete and check with [catalogue.schema.json](catalogue.schema.json); the sample's first line says so to them.
"""

TAIL = """\
## What is checked beyond single values

- An identity proves one person. The same ARN for two people, and a service's pattern that covers somebody else's identity,
  are faults. People have no patterns: whoever may choose the name of a session could choose theirs. No identity may be a session
  of an elevated role: whoever is lent one could sign in with it.
- Every request can be answered. There are at least as many reviewers as approvals, also without the requester, because nobody reviews
  a request of their own, by whichever identity. Without reviewers, `without_review` covers everything that can be asked for.
  Reviewers are people; services may ask, revoke and audit.
- Stages together have enough people too: each answers in one stage only. With `other_team` that holds for each requester without their
  own team. One stage has no condition.
- `without_review` stays within the ceiling and within `longest`.
- A role has one ARN. IAM finds roles by their name alone, so `role/Writer` and `role/data/writer` of one account are a fault. No role
  is both lent and opened in place.
- The account is that of the role, and locations and keys are in the role's partition (`aws`, `aws-cn`, `aws-us-gov`).
- The ceiling, with what its actions need to be usable, fits a managed policy of 6,144 characters.
- Ticket patterns are regular expressions whose matching is always quick. Only single characters and classes are repeated, and what
  follows a repetition begins with other characters than it repeats: `[A-Z]+-[0-9]+` and `(INC|CHG)[0-9]{7}` are fine,
  `(a+)+` and `a*a*b` are not. They match the whole ticket, so they have no `^` and `$`.

## Whose session is it?

AWS lets whoever assumes a role choose the session's name, unless the role's trust policy fixes it. So, where a session's name tells people
apart, Liftgate reads that policy at the sign-in (the broker needs `iam:GetRole` on the role), and lets nobody in whose name somebody
else could bear. These fix it: IAM Identity Center; a condition `"StringEquals": {"sts:RoleSessionName": "${aws:username}"}` where users
of one account take up the role; and the others that [lint](iam/lint.md#whose-session-is-it) names. Users, and services that stand for all
sessions of their role (`…/*`), need no proof.

Roles of accounts that were not [declared](accounts.md) cannot be read, and federated users are named by whoever asks for them. Only where something else makes sure
that people cannot choose their names, say so:

```yaml
trusted_session_names:
  - arn:aws:iam::444455556666:role/aws-reserved/sso.amazonaws.com/eu-central-1/AWSReservedSSO_ReadOnly_0123456789abcdef
```

Whoever holds such a role can sign in as everyone whom the catalogue knows by it, and approve their own requests, if that is not so
([the decision](decisions/0008-session-names-are-proved.md)).

## How it is read

Every value is the text that stands in the file: an account id keeps its zeros, and `no` is a word. Anchors, aliases, tags, a second
document, a key said twice, and characters that do not show or that reorder text are faults: what a reviewer reads is all that
there is. A file has at most 1 MiB.

A running server looks at the files again with each call. A change is taken up once the files have rested for a second; while they hold a
fault the last good catalogue serves, so what you changed is not in force: the log says so (`catalogue faulty`), and `liftgate doctor`, the pages and
`liftgate_catalogue_faults` of [the metrics](running.md) do. Look before you save: `liftgate catalogue check`. A server does not start on a faulty catalogue.

A catalogue's version is the SHA-256 of what it says. Comments, order and layout do not change it, nor does how people are put into
groups, unless a condition asks for groups or they are teams. Each request and grant keeps the version under which it was made.
"""


def main() -> None:
    """Write both files."""
    for path, text in documents().items():
        path.write_text(text, encoding="utf-8")
        print(f"wrote {path.relative_to(ROOT)}")


def documents() -> dict[Path, str]:
    """What each file should hold."""
    schema = json.dumps(catalogue_schema(), indent=2, ensure_ascii=False)
    return {
        ROOT / "docs" / "catalogue.md": "\n".join(_reference()),
        ROOT / "docs" / "catalogue.schema.json": f"{schema}\n",
    }


def _reference() -> Iterator[str]:
    yield HEAD
    yield "## A sample\n"
    yield f"```yaml\n{SAMPLE.read_text(encoding='utf-8')}```\n"
    yield "## Keys\n"
    for title, record in RECORDS:
        yield f"### {title}\n"
        yield from key_table(record)
    yield "## Facts of conditions\n"
    yield "| fact | kind | what it says |\n| --- | --- | --- |"
    for name, fact in OF_REQUEST.items():
        yield f"| `{name}` | {fact.kind} | {cell(fact.says)} |"
    yield "\nWhat conditions decide, and what holds where one cannot be decided: [reviews.md](reviews.md#conditions).\n"
    yield "## Groups of actions\n"
    yield "| group | actions |\n| --- | --- |"
    for name, actions in GROUPS.items():
        yield f"| `{name}` | {', '.join(f'`{action}`' for action in sorted(actions))} |"
    yield "\n## What a fault looks like\n"
    yield f"```text\n{_faults()}```\n"
    yield TAIL


def _faults() -> str:
    file = SourceFile("catalogue.yaml", FAULTY.read_bytes())
    try:
        parse_catalogue([file])
    except CatalogueFaulty as error:
        return render_faults(error.faults[:3])
    raise SystemExit(f"{FAULTY} has no fault")


if __name__ == "__main__":
    main()
