"""The commands that the pages for people hold, read from the pages themselves."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

ROOT: Final = Path(__file__).resolve().parents[2]
GENERATED: Final = {"docs/cli.md", "docs/api.md", "docs/enforcement.md", "docs/benchmarks.md"}
FOLDERS: Final = ("docs/**/*.md", "examples/**/README.md", "deploy/**/*.*", "deploy/**/Containerfile")
PROGRAMS: Final = frozenset(
    [
        "aws",
        "bash",
        "cd",
        "curl",
        "docker",
        "export",
        "gh",
        "git",
        "hatchling",
        "install",
        "jq",
        "liftgate",
        "make",
        "nginx",
        "openssl",
        "pg_dump",
        "pip",
        "pipx",
        "podman",
        "psql",
        "python",
        "python3",
        "sed",
        "sh",
        "sqlite3",
        "ssh",
        "sudo",
        "systemctl",
        "systemd-analyze",
        "terraform",
        "uv",
        "uvx",
    ]
)
# Languages in which nothing is typed at a terminal. What stands in a block without a language is looked through.
NO_SHELL: Final = {"json", "nginx", "pycon", "python", "toml", "yaml"}
WITH_PROMPT: Final = "console"
PICTURES: Final = {"", "text"}
IN_SLACK: Final = "/liftgate "

Line: TypeAlias = tuple[int, str]  # its number, and what stands there

_FENCE: Final = re.compile(r"^ *(?:```|~~~)(.*)$")
_PROMPT: Final = re.compile(r"^[$#] ")
_INDENTED: Final = re.compile(r"^ {4}(\S.*)$")
_SPAN: Final = re.compile(r"(?<!`)`([^`]+)`(?!`)")
_ASSIGNMENTS: Final = re.compile(r"^(?:[A-Z_]+=\S* )+")
_WITH_OPTION: Final = re.compile(r"[a-z./][a-z0-9_./-]* (?:.* )?-{1,2}[a-z]")
_COMMENT: Final = re.compile(r"^# {3}(.*\S)$|^#.*: (openssl .*)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command of a page: a line to type, or one that a sentence names."""

    page: str
    line: int
    text: str
    shown: str = ""  # what the page says that it prints
    typed: bool = True
    block: str = WITH_PROMPT

    def __str__(self) -> str:
        return f"{self.page}:{self.line}: {self.text}"


def pages() -> list[str]:
    """Each page that people write, and each file that is deployed as it is."""
    found = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")]
    found += [path for folder in FOLDERS for path in sorted(ROOT.glob(folder)) if path.is_file()]
    return [
        name for name in dict.fromkeys(str(path.relative_to(ROOT)) for path in found) if name not in GENERATED
    ]


def commands_of(page: str) -> list[Command]:
    """The commands of a page, in its order."""
    return commands_in(page, (ROOT / page).read_text(encoding="utf-8"))


def commands_in(page: str, text: str) -> list[Command]:
    """The commands of a page that says this.

    Raises ``ValueError`` where a block is in a language that this knows nothing of, or a picture holds a prompt.
    """
    found = _in_markdown(page, text) if page.endswith(".md") else _in_comments(page, text)
    return sorted(found, key=lambda one: one.line)


def _in_comments(page: str, text: str) -> Iterator[Command]:
    lines = ((number, _COMMENT.match(line)) for number, line in enumerate(text.splitlines(), 1))
    yield from _joined(page, ((number, found[1] or found[2]) for number, found in lines if found), "sh")


def prose_spans(page: str) -> list[str]:
    """What stands in backticks in the sentences of a page."""
    text = (ROOT / page).read_text(encoding="utf-8")
    prose = _apart(page, text)[0] if page.endswith(".md") else []
    return [said for paragraph in _paragraphs(prose) for _, said in _spans(paragraph)]


def _in_markdown(page: str, text: str) -> Iterator[Command]:
    prose, blocks = _apart(page, text)
    for language, block in blocks:
        yield from _in_block(page, language, block)
    yield from _in_prose(page, prose)


def _apart(page: str, text: str) -> tuple[list[Line], list[tuple[str, list[Line]]]]:
    """The sentences of a page, and its blocks with their languages; where a block stood, the sentences have an empty line."""
    prose: list[Line] = []
    blocks: list[tuple[str, list[Line]]] = []
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        fence = _FENCE.match(line)
        if fence and not inside:
            blocks.append((fence[1], []))
            prose.append((number, ""))
        elif not fence:
            (blocks[-1][1] if inside else prose).append((number, line))
        inside = inside != bool(fence)
    if inside:
        raise ValueError(f"{page}: a block has no end")
    return prose, blocks


def _in_block(page: str, language: str, block: list[Line]) -> Iterator[Command]:
    if language == WITH_PROMPT:
        yield from _after_prompts(page, block)
    elif language == "sh":
        yield from _joined(page, block, language)
    elif language == "bash":
        yield Command(page=page, line=block[0][0], text="\n".join(line for _, line in block), block=language)
    elif language in PICTURES:
        for number, line in block:
            if line.lstrip().startswith("$ ") or line.split(" ")[0] in PROGRAMS:
                raise ValueError(
                    f"{page}:{number}: a command stands in a block that is not `console` or `sh`: {line}"
                )
    elif language not in NO_SHELL:
        raise ValueError(f"{page}:{block[0][0]}: nobody said whether a block of `{language}` holds commands")


def _after_prompts(page: str, block: list[Line]) -> Iterator[Command]:
    starts = [at for at, (_, line) in enumerate(block) if _PROMPT.match(line)]
    if starts[:1] != [0]:
        raise ValueError(f"{page}:{block[0][0]}: a block for a terminal begins without a prompt")
    for at, end in zip(starts, [*starts[1:], len(block)], strict=True):
        [first, *rest] = _joined(page, [(block[at][0], block[at][1][2:]), *block[at + 1 : end]], WITH_PROMPT)
        shown = "\n".join(one.text for one in rest).strip()
        yield Command(page=page, line=first.line, text=first.text, shown=shown)


def _joined(page: str, lines: Iterable[Line], block: str) -> Iterator[Command]:
    """Each line with those that a backslash at its end adds."""
    began, said = 0, ""
    for number, line in lines:
        began = began or number
        said += line if block == WITH_PROMPT and not said else line.strip()
        if said.endswith("\\"):
            said = said.removesuffix("\\")
            continue
        if said.strip() or block == WITH_PROMPT:
            yield Command(page=page, line=began, text=said, block=block)
        began, said = 0, ""


def _in_prose(page: str, prose: list[Line]) -> Iterator[Command]:
    for paragraph in _paragraphs(prose):
        indented = [(number, found[1]) for number, line in paragraph if (found := _INDENTED.match(line))]
        if len(indented) == len(paragraph) and indented[0][1].split(" ")[0] in PROGRAMS:
            yield from _joined(page, indented, "sh")
            continue
        for line, said in _spans(paragraph):
            if _is_command(said):
                yield Command(page=page, line=line, text=said, typed=False, block="")


def _spans(paragraph: list[Line]) -> Iterator[Line]:
    """What stands in backticks, also over the end of a line."""
    text = "\n".join(line for _, line in paragraph)
    for span in _SPAN.finditer(text):
        line = paragraph[0][0] + text.count("\n", 0, span.start())
        yield line, " ".join(span[1].replace("\\|", "|").split())


def _paragraphs(prose: list[Line]) -> Iterator[list[Line]]:
    paragraph: list[Line] = []
    for number, line in [*prose, (0, "")]:
        if line.strip():
            paragraph.append((number, line))
        elif paragraph:
            yield paragraph
            paragraph = []


def _is_command(said: str) -> bool:
    plain = _ASSIGNMENTS.sub("", said)
    if plain.startswith(IN_SLACK):
        return False
    return " " in plain and (
        plain.split(" ")[0].rpartition("/")[2] in PROGRAMS or bool(_WITH_OPTION.match(plain))
    )
