"""The OpenAPI document: what the routes say of themselves, and what all of them share."""

import json
import re
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from liftgate.server.api.doc import ProblemShape
from liftgate.server.rights import RIGHTS, Right

_ABOUT: Final = (
    "Ask for S3 access, review who asks, borrow narrow credentials that end by themselves, and look at the record of it all. "
    "docs/api.md says the same for people."
)

_MADE: Final[list[dict[str, Any]]] = []  # empty until it is first asked for


def openapi_document(app: FastAPI) -> dict[str, Any]:
    """The whole document, which is the same for every application. Raises KeyError for a route without a right."""
    if not _MADE:
        _MADE.append(_document(app))  # takes a while
    return _MADE[0]


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title, version=app.version, summary=app.summary, description=_ABOUT, routes=app.routes
    )
    parts = document.setdefault("components", {})
    problem_schema = ProblemShape.model_json_schema(ref_template="#/components/schemas/{model}")
    parts.setdefault("schemas", {}).update(problem_schema.pop("$defs"))
    parts["schemas"]["ProblemShape"] = problem_schema
    parts["securitySchemes"] = {
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": "The token that POST /sign-ins answers.",
        }
    }
    for path, methods in document["paths"].items():
        for method, route in methods.items():
            _complete(route, RIGHTS[method.upper(), path])
    return _named_for_readers(document)


def _complete(route: dict[str, Any], right: Right) -> None:
    """A sign-in wherever the table does not let anybody in, who may call, and a summary that is a sentence."""
    if right is not Right.ANYBODY:
        route["security"] = [{"bearer": []}]
    description = route.get("description", "")
    route["summary"] = description.split(". ")[0].rstrip(".")
    route["description"] = f"{description}\n\nFor {right.value}."


def _named_for_readers(document: dict[str, Any]) -> dict[str, Any]:
    """Schemas by the names of what they describe: `Grant`, not by those of our classes."""
    text = json.dumps(document)
    for name in document["components"]["schemas"]:
        short = re.sub(r"PageShape_(\w+)Shape_", r"PageOf\1", name).removesuffix("Shape")
        text = text.replace(f'schemas/{name}"', f'schemas/{short}"').replace(
            f'"{name}": {{', f'"{short}": {{'
        )
        text = text.replace(f'"title": "{name}"', f'"title": "{short}"')
    named: dict[str, Any] = json.loads(text)
    return named
