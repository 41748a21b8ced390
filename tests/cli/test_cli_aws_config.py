import configparser

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from liftgate.cli.aws_config import check_profile_name, profile_names, profile_settings, with_profile
from liftgate.cli.errors import AwsConfigUnreadable, BadValue

PROCESS = "/usr/bin/liftgate credentials --server https://x.example"
SETTINGS = {"credential_process": PROCESS, "region": "eu-central-1"}
OURS = "[profile liftgate]\ncredential_process = old\noutput = json\n"

FILE_LINES = st.sampled_from(
    [
        "[default]",
        "[profile baseline]",
        "[profile  spaced ]",
        '[profile "quoted"]',
        "[sso-session work]",
        "[services local]",
        "region = eu-west-1",
        "REGION=us-east-1",
        "s3 =",
        "  max_concurrent_requests = 20",
        "\tmultipart_threshold = 64MB",
        "role_arn: arn:aws:iam::111122223333:role/x",
        "# a note",
        "; another",
        "",
        "  ",
        "key with spaces = é \u2028 \x0b x",
        "credential_process = other --flag 'a b'",
    ]
)
ENDS = st.sampled_from(["\n", "\r\n"])


@st.composite
def config_files(draw: st.DrawFn) -> str:
    end = draw(ENDS)
    lines = draw(st.lists(FILE_LINES, max_size=12))
    if draw(st.booleans()):
        lines[draw(st.integers(0, len(lines))) : 0] = OURS.splitlines()
    return end.join(lines) + draw(st.sampled_from(["", end]))


def sections(text: str) -> dict[str, dict[str, str]]:
    parser = configparser.RawConfigParser()
    parser.read_string(text)
    return {name: dict(parser[name]) for name in parser.sections()}


@given(config_files())
@example("")
@example("[default]")
@example("[profile liftgate]")
@example(OURS + "nested =\n  a = 1\n\n  b = 2\n[default]\n")
def test_only_the_one_profile_changes_and_twice_is_as_once(text: str) -> None:
    try:
        before = sections(text)
    except configparser.Error:
        assume(False)
    after = with_profile(text, "liftgate", SETTINGS)
    assert with_profile(after, "liftgate", SETTINGS) == after
    now = sections(after)
    ours = now.pop("profile liftgate")
    kept = before.pop("profile liftgate", {})
    assert now == before
    assert ours == {**kept, **SETTINGS}


@st.composite
def parts(draw: st.DrawFn) -> tuple[str, str, str]:
    """What stands before our profile, the profile, and what stands after it."""
    end = draw(ENDS)
    before = "".join(line + end for line in draw(st.lists(FILE_LINES, max_size=8)))
    ours = OURS.replace("\n", end)
    others = draw(st.lists(FILE_LINES, max_size=8))
    after = "".join(line + end for line in ["[profile other]", *others]) if others else ""
    return before, ours, after


@given(parts())
def test_every_byte_before_and_after_the_profile_stays(text: tuple[str, str, str]) -> None:
    before, ours, after = text
    written = with_profile(before + ours + after, "liftgate", SETTINGS)
    assert written.startswith(before + ours.partition("\n")[0])
    assert written.endswith(after)
    assert "output = json" in written[len(before) : len(written) - len(after)]
    added = with_profile(before + after, "liftgate", SETTINGS)
    assert added.startswith(before + after)


def test_a_new_profile_stands_at_the_end() -> None:
    assert with_profile("[default]\nregion = x", "liftgate", {"a": "b"}) == (
        "[default]\nregion = x\n\n[profile liftgate]\na = b\n"
    )
    assert with_profile("", "default", {"a": "b"}) == "[default]\na = b\n"


def test_a_profile_keeps_what_its_owner_added() -> None:
    text = "[profile liftgate]\n# mine\ncredential_process = old\ns3 =\n  a = 1\noutput = json\n"
    assert with_profile(text, "liftgate", {"credential_process": "new"}) == text.replace("old", "new")


def test_windows_line_ends_stay() -> None:
    written = with_profile("[default]\r\nregion = x\r\n", "liftgate", SETTINGS)
    assert written.count("\n") == written.count("\r\n")


def test_a_profile_that_stands_there_twice_is_refused() -> None:
    with pytest.raises(AwsConfigUnreadable, match="twice") as caught:
        with_profile("[profile a]\n[default]\n[profile a]\n", "a", {})
    assert "lines 1 and 3" in caught.value.advice


def test_settings_are_read_without_nested_ones() -> None:
    text = "[profile a]\nRegion = x\ns3 =\n  region = y\n[profile b]\nregion = z\n"
    assert profile_settings(text, "a") == {"region": "x", "s3": ""}
    assert profile_settings(text, "c") is None
    assert profile_names(text) == ["a", "b"]


@pytest.mark.parametrize("name", ["a]", "a\nb", "", "a b", "x" * 65, "$(id)", "é"])
def test_a_name_that_would_not_stand_in_a_header_is_refused(name: str) -> None:
    with pytest.raises(BadValue):
        check_profile_name(name)
