"""The API's document and pages say what the program does."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from tests.server.server_world import World, an_ask

from liftgate.server.app import build_routes
from liftgate.server.rights import API, RIGHTS, Right

ROOT = Path(__file__).resolve().parents[2]

OF_PROOFS = {f"{API}/sign-ins", f"{API}/identities"}  # open to anybody, who may prove nothing


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return build_routes().openapi()


@pytest.mark.slow
def test_the_generated_pages_are_up_to_date() -> None:
    # In a process of its own: the table of problems names every kind of error that is loaded.
    checked = subprocess.run(
        [sys.executable, ROOT / "tools" / "generate_api_docs.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.returncode, checked.stdout) == (0, ""), checked.stderr


def test_every_call_has_a_readable_name_and_names_its_problems(document: dict[str, Any]) -> None:
    names = []
    for path, methods in document["paths"].items():
        for method, route in methods.items():
            names.append(route["operationId"])
            assert route["summary"]
            assert ("security" in route) == (RIGHTS[method.upper(), path] is not Right.ANYBODY)
            for status, response in route["responses"].items():
                if status >= "400":
                    content = response["content"]["application/problem+json"]
                    assert content["example"]["status"] == int(status)
            assert ("401" in route["responses"]) == ("security" in route or path in OF_PROOFS)
    assert len(set(names)) == len(names)
    assert all(name.replace("_", "").isalpha() and name.islower() for name in names)


def test_posts_say_that_they_take_a_key(document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        # A second login is another one, and the first lapses; a code links once.
        if "post" in methods and path not in {f"{API}/logins", f"{API}/identities"}:
            assert "Idempotency-Key" in {one["name"] for one in methods["post"]["parameters"]}


def test_examples_are_what_the_schemas_describe(document: dict[str, Any]) -> None:
    for name, schema in document["components"]["schemas"].items():
        for example in schema.get("examples", []):
            _check(example, {"$ref": f"#/components/schemas/{name}"}, document)
        for field in schema.get("properties", {}).values():
            for example in field.get("examples", []):
                _check(example, field, document)


def test_answers_are_what_the_document_says(world: World, document: dict[str, Any]) -> None:
    request_id, grant_id = world.pending(), world.granted()
    calls = [
        ("ada", "POST", "/requests", "/requests", an_ask()),
        ("ada", "POST", f"/grants/{grant_id}/sessions", "/grants/{grant_id}/sessions", None),
        ("ada", "GET", f"/grants/{grant_id}", "/grants/{grant_id}", None),
        ("grace", "POST", f"/requests/{request_id}/reviews", "/requests/{request_id}/reviews",
         {"answer": "approve", "comment": "yes"}),
        ("ada", "GET", f"/requests/{request_id}", "/requests/{request_id}", None),
        ("ada", "GET", "/requests", "/requests", None),
        ("rosa", "POST", f"/grants/{grant_id}/revocation", "/grants/{grant_id}/revocation", {"reason": "x"}),
        ("rosa", "GET", "/grants?view=all", "/grants", None),
        ("ada", "GET", "/catalogue", "/catalogue", None),
        ("ada", "GET", "/me", "/me", None),
        ("rosa", "GET", "/ledger/entries", "/ledger/entries", None),
        ("rosa", "GET", "/ledger/verification", "/ledger/verification", None),
        ("ada", "GET", "/ledger/verification", "/ledger/verification", None),
        ("ada", "POST", "/requests", "/requests", {"duration": 5}),
    ]  # fmt: skip
    for person, method, path, template, body in calls:
        answer = world.call(person, method, path, **({"json": body} if body else {}))
        response = document["paths"][API + template][method.lower()]["responses"][str(answer.status_code)]
        kind = answer.headers["content-type"]
        _check(answer.json(), response["content"][kind]["schema"], document)


def _check(value: Any, schema: dict[str, Any], document: dict[str, Any]) -> None:
    whole = {**schema, "components": document["components"]}
    jsonschema_rs.Draft202012Validator(whole).validate(value)


def test_a_running_server_answers_its_document(world: World, document: dict[str, Any]) -> None:
    assert world.http.get(f"{API}/openapi.json").json() == document
