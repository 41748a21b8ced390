"""Writes docs/openapi.json, docs/api.md and docs/settings.md from the program itself, so that they cannot drift from it.

Run it from anywhere: ``python tools/generate_api_docs.py``. With ``--check`` it only says which are not as they would be.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

import liftgate.server.command  # noqa: F401 - so that every kind of error is known
from liftgate.errors import LiftgateError
from liftgate.server.account_settings import AccountSettings
from liftgate.server.app import build_routes
from liftgate.server.deploy_check_settings import DeployCheckSettings
from liftgate.server.issuer_settings import IssuerSettings
from liftgate.server.notice_settings import NoticeSettings
from liftgate.server.problems import status_of, title_of
from liftgate.server.rights import API, API_RIGHTS, PAGE_RIGHTS
from liftgate.server.settings import Settings
from liftgate.server.settings_sources import PREFIX
from liftgate.server.slack_settings import SlackSettings
from liftgate.server.tracker_settings import TrackerSettings
from liftgate.span import in_words

DOCS = Path(__file__).resolve().parent.parent / "docs"
BY = "Written by tools/generate_api_docs.py from the program itself: change it there."

API_HEAD = f"""\
<!-- {BY} -->

# The HTTP API

Everything that the command line does. All under `{API}`, in JSON; the whole as OpenAPI: [openapi.json](openapi.json), which a
running server also answers under `{API}/openapi.json`.

```console
$ curl -s $LIFTGATE_SERVER{API}/requests \\
    -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" -H "Idempotency-Key: $(uuidgen)" \\
    -d '{{"actions": ["write"], "locations": ["s3://reports/2026/"], "duration_seconds": 120, "justification": "Correct the totals"}}'
```

- **Times** are RFC 3339 in UTC with `Z`; one that is sent may have any zone, but must have one. Spans are `…_seconds`.
- **Bodies** are one JSON object of at most 64 KiB, in UTF-8, declared as `application/json`. A field that the call does not have, a
  name that stands twice, `NaN`, half a surrogate pair and nesting beyond 8 are refused.
- **Repeats**: a POST may carry an `Idempotency-Key`. The same call with the same key, by the same person within a day, answers with
  what the first one made, as it is now. Another call with that key is refused. Calls that hand out a secret (signing in, borrowing a
  session) refuse a repeated key: the secret is not kept.
- **Lists** take `limit` (1 to 200, 50 by default) and `cursor`, and answer `items` and `next_cursor`; null: that was all. A page may hold
  fewer items than asked for and still have a next one.
- **Problems** are `application/problem+json` (RFC 9457). `code` is stable; `advice` says what to do next; `also` holds further faults.
  The last table of this page names them all.
- Every answer carries `X-Request-Id`, under which the server's log knows the call, and `Cache-Control: no-store`.

## Who may call what

Somebody who may not see a thing is told that there is none.

| call | for |
| --- | --- |
"""

SETTINGS_HEAD = f"""\
<!-- {BY} -->

# Settings of the server

`liftgate serve --settings FILE` reads one TOML file; the variable goes before the file, an option of the command before both.
A name that is no setting is refused, with the nearest one that is. Where nobody names a file, by `--settings` or `LIFTGATE_SETTINGS`, the first of
these is read, if there is one: `$XDG_CONFIG_HOME/liftgate/server.toml` (`~/.config` by default), the same in each of `$XDG_CONFIG_DIRS` (`/etc/xdg`),
`/etc/liftgate/server.toml`.

`liftgate config show` says what is set and where: each setting with the file's line, the variable, or `default`; secrets are not shown.
`liftgate config check` finds every fault in the settings and the catalogue, before a server is started with them; its exit code is for pipelines.

```toml
catalogue = ["/etc/liftgate/catalogue"]
host = "10.0.0.7"
public_url = "https://liftgate.example.com"
database_url = "postgresql://liftgate@db.internal/liftgate"
aws_region = "eu-central-1"
```

The broker's own AWS credentials are found as AWS's SDKs find them: the role of the machine, a profile, or the environment. It needs
`sts:AssumeRole`, `sts:TagSession` and `sts:SetSourceIdentity` on the elevated roles, and `iam:GetRole` (for sessions over an hour), `iam:GetRolePolicy`, `iam:PutRolePolicy` and
`iam:DeleteRolePolicy` on them for the denies that take sessions back. On the roles that people sign in with it needs `iam:GetRole`, to see that
nobody chooses their session's name; without it the catalogue must name them under `trusted_session_names`.

| setting | variable | what it says | left out |
| --- | --- | --- | --- |
"""

ACCOUNT_HEAD = """
Each of the `accounts`, written as a table `[[accounts]]` ([accounts.md](accounts.md)), must say:

| in an account | what it says |
| --- | --- |
"""

PLAIN = {"integer": 1, "boolean": False, "string": "…"}


def pages() -> Mapping[Path, str]:
    """Every page and its text."""
    document = build_routes().openapi()
    return {
        DOCS / "openapi.json": json.dumps(document, indent=2, ensure_ascii=False) + "\n",
        DOCS / "api.md": api_page(document),
        DOCS / "settings.md": settings_page(),
        DOCS / "security" / "rights.md": rights_page(),
    }


RIGHTS_HEAD = """<!-- Written by tools/generate_api_docs.py from server/rights.py, by which the server itself goes: change them there. -->

# Who may call what

Every route of the API and of the pages. The server does not start where a route is not in this table, or where its door asks for less;
`tests/server/test_server_rights.py` and `tests/pages/test_pages_rights.py` go through it line by line, as a requester, a reviewer, a guard
and auditor, somebody whom nothing concerns, and nobody at all. Forms of pages are taken from pages of the same sign-in alone.
"""


def rights_page() -> str:
    """The table of rights."""
    return RIGHTS_HEAD + "".join(
        f"\n## {title}\n\n| route | who, and what they find |\n| --- | --- |\n"
        + "".join(f"| `{method} {path}` | {right.value} |\n" for (method, path), right in table.items())
        for title, table in (("Pages", PAGE_RIGHTS), ("API", API_RIGHTS))
    )


def api_page(document: Mapping[str, Any]) -> str:
    """The API for people."""
    rights = "".join(
        f"| `{method} {path}` | {right.value} |\n" for (method, path), right in API_RIGHTS.items()
    )
    schemas = document["components"]["schemas"]
    calls = [
        call(method.upper(), path, route, schemas)
        for path, methods in document["paths"].items()
        for method, route in methods.items()
    ]
    return API_HEAD + rights + "\n" + "\n".join(calls) + "\n" + problems_table()


def call(method: str, path: str, route: Mapping[str, Any], schemas: Mapping[str, Any]) -> str:
    """One call, with an example of what is sent and what is answered."""
    lines = [f"## {method} {path}", "", route["description"].split("\n\nFor ")[0], ""]
    parameters = [one for one in route.get("parameters", []) if one["in"] == "query"]
    if parameters:
        lines += ["| in the query | what it says |", "| --- | --- |"]
        lines += [f"| `{one['name']}` | {said(one)} |" for one in parameters]
        lines.append("")
    if "requestBody" in route:
        schema = route["requestBody"]["content"]["application/json"]["schema"]
        lines += [block(one) for one in examples(schema, schemas)]
    for status, response in route["responses"].items():
        if status.startswith("2"):
            lines += [f"Answers {status}" + ("." if status == "204" else ":"), ""]
            content = response.get("content", {})
            if "application/json" in content:
                lines.append(block(example(content["application/json"]["schema"], schemas)))
            elif content:
                lines += [response["description"], ""]
    problems = [status for status in route["responses"] if status >= "400"]
    lines += ["Problems: " + ", ".join(problems) + ".", ""]
    return "\n".join(lines)


def said(parameter: Mapping[str, Any]) -> str:
    """A parameter in words."""
    schema = parameter["schema"]
    words = schema.get("items", schema).get("enum")
    text = parameter.get("description", "")
    if words:
        text += (" " if text else "") + "One of " + ", ".join(f"`{word}`" for word in words) + "."
    if schema.get("default") not in (None, []):
        text += f" Default: `{schema['default']}`."
    return str(text).strip().replace("|", "\\|")


def examples(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Iterator[Any]:
    """An example of a body, or of each of the bodies that may be sent."""
    for one in schema.get("oneOf", [schema]):
        yield example(one, schemas)


def example(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Any:
    """An example of what a schema describes, from its own examples down to its fields."""
    match schema:
        case {"$ref": ref}:
            return example(schemas[ref.rpartition("/")[2]], schemas)
        case {"examples": [first, *_]} | {"const": first} | {"enum": [first, *_]}:
            return first
        case {"anyOf": [first, *_]}:
            return example(first, schemas)
        case {"type": "object"}:
            fields = schema.get("properties", {})
            return {name: example(inner, schemas) for name, inner in fields.items()}
        case {"type": "array"}:
            return [example(schema["items"], schemas)]
        case _:
            return schema.get("default", PLAIN.get(schema.get("type", "")))


def block(value: Any) -> str:
    """JSON in a fence."""
    return f"```json\n{json.dumps(value, indent=2, ensure_ascii=False)}\n```\n"


def problems_table() -> str:
    """Every code, its status and what it says."""
    rows = sorted((status_of(kind("", advice="")).value, kind.code, title_of(kind)) for kind in kinds())
    head = "## Problems\n\n| status | code | what it says |\n| --- | --- | --- |\n"
    return head + "".join(f"| {status} | `{code}` | {title} |\n" for status, code, title in rows)


def kinds() -> set[type[LiftgateError]]:
    """The kinds of error of one sentence that a server may answer; settings and start-up included."""
    found: set[type[LiftgateError]] = set()
    left = [LiftgateError]
    while left:
        for kind in left.pop().__subclasses__():
            left.append(kind)
            if kind.__init__ is LiftgateError.__init__ and kind.__module__.split(".")[1] not in {
                "cli",
                "demo",
            }:
                found.add(kind)
    return {kind for kind in found if kind.__module__ != "liftgate.errors"}


def settings_page() -> str:
    """The settings, as their model says them."""
    rows = ""
    # Its own first: where the catalogue is and where it listens come before what most servers leave out.
    own = sorted(Settings.model_fields.items(), key=lambda one: one[0] not in Settings.__annotations__)
    for name, field in own:
        example = f" For example `{json.dumps(field.examples[0])}`." if field.examples else ""
        left_out = "it must be said" if field.is_required() else "see there"
        if not field.is_required() and field.default_factory is None:
            left_out = "—" if field.default is None else f"`{json.dumps(field.default, default=in_words)}`"
        rows += f"| `{name}` | `{PREFIX}{name.upper()}` | {field.description}{example} | {left_out} |\n"
    return SETTINGS_HEAD + rows + ACCOUNT_HEAD + fields_of(AccountSettings) + "".join(tables())


def tables() -> Iterator[str]:
    """The settings that are tables of their own."""
    for head, model in (
        ("Each of the `trackers`, `[[trackers]]` ([tickets.md](tickets.md))", TrackerSettings),
        ("Each of the `issuers`, `[[issuers]]` ([pipelines.md](pipelines.md))", IssuerSettings),
        ("The table `[deploy_check]` ([deploy-check.md](deploy-check.md))", DeployCheckSettings),
        ("The table `[slack]` ([notices.md](notices.md))", SlackSettings),
        ("Each of the `notices`, `[[notices]]` ([notices.md](notices.md))", NoticeSettings),
    ):
        yield f"\n{head}:\n\n| field | | what it says |\n| --- | --- | --- |\n"
        for name, field in model.model_fields.items():
            needed = "required" if field.is_required() else ""
            yield f"| `{name}` | {needed} | {described(field)} |\n"


def fields_of(model: type[BaseModel]) -> str:
    """The rows of a table in the settings of which all must be said."""
    return "".join(f"| `{name}` | {described(field)} |\n" for name, field in model.model_fields.items())


def described(field: FieldInfo) -> str:
    """What a field says, with its example."""
    example = (field.examples or [""])[0]
    shown = example if str(example).startswith("{") else json.dumps(example)
    return f"{field.description}{f' For example `{shown}`.' if example else ''}"


def main() -> int:
    """Write the pages, or say which are out of date."""
    texts = pages()
    if sys.argv[1:] == ["--check"]:
        old = [
            path.name for path, text in texts.items() if not path.exists() or path.read_text("utf-8") != text
        ]
        for name in old:
            print(f"docs/{name} is not what the program says: run tools/generate_api_docs.py")
        return 1 if old else 0
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
