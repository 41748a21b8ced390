"""Somebody before a browser without scripts: follows links, fills in forms, keeps cookies. In process, so that time is the test's."""

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

import httpx
from starlette.testclient import TestClient
from tests.server.server_world import ADDRESS, World


class Visitor:
    """One browser of one person."""

    def __init__(self, world: World, person: str | None = None) -> None:
        self.http = TestClient(world.http.app, base_url=ADDRESS, raise_server_exceptions=False)
        if person is not None:
            answer = self.send("/sign-in/local", person=person)
            assert answer.status_code == 303, answer.text

    def get(self, path: str, **headers: str) -> httpx.Response:
        answer: httpx.Response = self.http.get(path, headers=headers, follow_redirects=False)
        return answer

    def send(self, path: str, *, origin: str | None = ADDRESS, **fields: Any) -> httpx.Response:
        """A form as a browser sends it."""
        headers = {} if origin is None else {"Origin": origin}
        answer: httpx.Response = self.http.post(path, data=fields, headers=headers, follow_redirects=False)
        return answer

    def submit(self, path: str, *, seen_on: str = "/mine", **fields: Any) -> httpx.Response:
        """The form of a page, with all that it holds already."""
        return self.send(path, **{**self.hidden(seen_on, path), **fields})

    def hidden(self, page: str, action: str) -> Mapping[str, str]:
        """The hidden fields of the form of a page that is sent to an address; of the first form where there is none such."""
        forms = re.findall(r"<form\b([^>]*)>(.*?)</form>", self.get(page).text, re.DOTALL)
        posted = [(head, inside) for head, inside in forms if 'method="post"' in head]
        found = [inside for head, inside in posted if f'action="{action}"' in head] or [posted[0][1]]
        fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', found[0])
        return {name: unescape(value) for name, value in fields}

    @property
    def token(self) -> str:
        """What the browser's cookie holds."""
        return str(self.http.cookies["liftgate"])
