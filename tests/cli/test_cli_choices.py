import tomllib
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from liftgate.cli.cache import cache_folder
from liftgate.cli.choices import VARIABLES, choose, client_file_path, plain_client_file, plain_toml
from liftgate.cli.errors import BadSignIn, CacheUnusable, ClientFileUnreadable, NoServer
from liftgate.cli.settings import read_client_file, read_settings

LINES = st.one_of(
    st.sampled_from(
        [
            'server = "https://a.example"',
            "profile='x'",
            'server="b" # no',
            "# note",
            "",
            "[section]",
            'a.b = "c"',
            'server = "\\u0041"',
            '  profile\t=\t"base"  ',
            'sign_in = """x"""',
            "server = 1",
            'server = ""',
            '"server" = "x"',
            'x = "a" "b"',
            "\x0bx = 1",
        ]
    ),
    st.text(alphabet='abser_= \t"\\#[]\r\u00e9\u2028\x1f', max_size=12),
)


@given(st.lists(LINES, max_size=5).map("\n".join))
@example('server = "a"\r\nprofile = "b"\r\n')
def test_plain_toml_reads_what_a_toml_reader_reads_or_leaves_it_to_one(text: str) -> None:
    plainly = plain_toml(text)
    if plainly is not None:
        assert plainly == tomllib.loads(text)


def test_the_usual_client_file_is_plain() -> None:
    text = '# Liftgate\nserver = "https://liftgate.example.com"\n\nprofile = "baseline"\n'
    assert plain_toml(text) == {"server": "https://liftgate.example.com", "profile": "baseline"}


def test_an_option_goes_before_the_environment_and_that_before_the_file() -> None:
    environ = {"LIFTGATE_SERVER": "from-env", "LIFTGATE_PROFILE": "from-env"}
    filed = {"server": "from-file", "profile": "from-file", "sign_in": "from-file"}
    chosen = choose({"server": "given"}, environ, lambda: filed)
    assert chosen == {"server": "given", "profile": "from-env", "sign_in": "from-file"}


def test_the_file_is_not_opened_where_nothing_is_open() -> None:
    def opened() -> dict[str, str]:
        raise AssertionError

    given = dict.fromkeys(VARIABLES, "x")
    assert choose(given, {}, opened) == given


def test_the_client_file_is_in_the_config_folder_and_a_relative_one_does_not_count(home: Path) -> None:
    assert client_file_path({"XDG_CONFIG_HOME": "/etc/x"}) == "/etc/x/liftgate/client.toml"
    assert client_file_path({"XDG_CONFIG_HOME": "x"}) == f"{home}/.config/liftgate/client.toml"


def test_without_a_home_nothing_is_read_from_the_folder_one_is_in(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trap = home / "~/.config/liftgate/client.toml"
    trap.parent.mkdir(parents=True)
    trap.write_text('server = "https://evil.example"\n', encoding="utf-8")
    monkeypatch.chdir(home)
    monkeypatch.setattr("os.path.expanduser", lambda path: path)  # what it does where there is no home
    assert plain_client_file({}) == {}
    assert read_client_file({}) == {}
    assert cache_folder({}) is None
    with pytest.raises(CacheUnusable):
        read_settings({"server": "https://x.example"}, {})


def write_client_file(home: Path, text: str) -> dict[str, str]:
    path = home / "config" / "liftgate" / "client.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return {"XDG_CONFIG_HOME": str(home / "config"), "HOME": str(home)}


@pytest.mark.parametrize(
    ("text", "said", "advice"),
    [
        ('servr = "https://x.example"', "unknown entry `servr`", "did you mean `server`?"),
        ("server = 3", "`server` in the client file is not a text", 'write server = "…"'),
        ("server = ", "cannot be read", "it holds lines such as"),
    ],
)
def test_a_faulty_client_file_is_refused_with_what_would_be_right(
    home: Path, text: str, said: str, advice: str
) -> None:
    environ = write_client_file(home, text)
    with pytest.raises(ClientFileUnreadable, match=said) as caught:
        read_client_file(environ)
    assert advice in caught.value.advice
    assert plain_client_file(environ) is None  # the quick path leaves it to the slow one


def test_a_client_file_that_is_no_text_is_refused(home: Path) -> None:
    environ = write_client_file(home, "")
    Path(client_file_path(environ)).write_bytes(b"\xff\xfe")
    assert plain_client_file(environ) is None
    with pytest.raises(ClientFileUnreadable):
        read_client_file(environ)


def test_no_server_says_where_to_name_one(home: Path) -> None:
    with pytest.raises(NoServer) as caught:
        read_settings({}, {"HOME": str(home)})
    assert "LIFTGATE_SERVER" in caught.value.advice


@pytest.mark.parametrize("text", ["ada", "local:", "aws:ada"])
def test_a_sign_in_that_is_not_local_and_a_name_is_refused(text: str) -> None:
    with pytest.raises(BadSignIn):
        read_settings({"server": "https://x.example", "sign_in": text}, {})


def test_settings_read_the_client_file(home: Path) -> None:
    environ = write_client_file(home, "server = 'https://x.example/'\nprofile = 'baseline'\n")
    settings = read_settings({}, environ)
    assert settings.server.base == "https://x.example"
    assert settings.profile == "baseline"
    assert settings.local_person is None
