"""Where the commands of the pages are typed: the demo's world, with what the pages speak of beside."""

import contextlib
import io
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.docs.furniture import SETTINGS, furnish_folder, furnish_world, lay_out, tampering
from tests.docs.page_commands import ROOT, Command

from liftgate.cli.main import main
from liftgate.demo.ran import Ran
from liftgate.demo.sample_account import REPORTS
from liftgate.demo.world import World, running_world

PATIENCE_SECONDS: Final = 60
PATIENCE_WITH_LEASES_SECONDS: Final = 180  # who finds one taken looks again a minute later
REASON: Final = '"as the page says it"'
Q3: Final = f"s3://{REPORTS}/2026/q3/"
# What a command reads that is given no file.
POLICY: Final = (
    b'{"policy": {"Version": "2012-10-17", "Statement":'
    b' {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::lakeside-reports/2026/*"}}}\n'
)
GUIDES: Final = "examples/deploy/"  # all written by one program
SERVER: Final = "the server"
BY_HER_KEYS: Final = "ada-keys"
ADMINISTRATOR: Final = "an administrator"
# Who types what; everybody else is Ada, who asks.
TYPED_BY: Final = (
    (re.compile(r"liftgate (config|doctor --server|serve|watch)|sh -ac"), SERVER),
    (
        re.compile(
            r"aws (cloudformation|cloudtrail|iam|kms|sts get-web|s3api list-object-versions)\b|liftgate replay s3:"
        ),
        ADMINISTRATOR,
    ),
    (re.compile(r"liftgate uploads"), BY_HER_KEYS),
    (re.compile(r"liftgate (dead|doctor --(all|re)|findings|holds?|known|ledger|over|release|rev)"), "grace"),
    (re.compile(r"liftgate (away|identities --all|show fi-)"), "grace"),
)
# What needs neither a shell nor a process: exec becomes another program, and watch and serve listen to signals.
_ALONE: Final = re.compile(r"liftgate (?!exec|serve|watch)[^|<>;&$…]*")
_ENDLESS: Final = re.compile(r"liftgate (serve|watch)\b(?!.*--once)")
_SHUTS_OUT: Final = re.compile(r"liftgate hold\b")
_USES_A_GRANT: Final = re.compile(r"liftgate (exec|credentials)\b")


@dataclass(slots=True)
class Upload:
    """A multipart upload that was begun under a grant."""

    grant: str
    key: str
    id: str


class Stage:
    """The world, and the folder in which a page is played."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        self.folder = folder
        self._folders: dict[str, Path] = {}
        self._finding = ""
        self._key = ""
        self._ran: dict[str, Ran] = {}
        self._upload: Upload | None = None

    def open_page(self, page: str) -> None:
        """A folder for a page, or for all guides, and nothing left of the page before: no grant, no hold, nothing that waits."""
        kind = "guides" if page.startswith(GUIDES) else page
        if kind not in self._folders:
            self._folders[kind] = Path(tempfile.mkdtemp(dir=self.world.folder))
            furnish_folder(self._folders[kind], self.world)
        self.folder = self._folders[kind]
        lay_out(self.folder, ROOT / page)
        self._upload = None
        self.end_everything()

    def type(self, command: Command, line: str) -> Ran:
        """Type a line as whoever reads the page."""
        if command.typed and not command.page.startswith(GUIDES):
            return self._type(command, line)
        once = line if command.typed else command.text  # what many guides say, or many sentences name
        if once not in self._ran:
            self._ran[once] = self._type(command, line)
        return self._ran[once]

    def _type(self, command: Command, line: str) -> Ran:
        if _USES_A_GRANT.match(line):
            self.only_grant()
        if line.endswith("--wait") or "--wait\n" in line:
            self.end_everything()
            return self._review_meanwhile(line)
        who = next((who for pattern, who in TYPED_BY if pattern.match(line)), "ada")
        if _ENDLESS.match(line):
            return self._begin(line, len(command.shown.splitlines()))
        ran = self.run(who, line, shell="bash" if command.block == "bash" else "sh")
        if _SHUTS_OUT.match(line):
            self._release()  # what stands further down the page is hers to type
        return ran

    def run(self, who: str, line: str, *, shell: str = "bash") -> Ran:
        """A line of somebody's: in this process where no shell is needed, for a tenth of the time."""
        environment = self._environment(who)
        if _ALONE.fullmatch(line):
            return _in_this_process(line, environment, self.folder)
        return _done(
            line,
            subprocess.run(
                [shell, "-c", line], **self._in_shell(environment), timeout=PATIENCE_SECONDS, check=False
            ),
        )

    def say(self, who: str, line: str) -> str:
        """What a command of Liftgate answers that must work."""
        ran = self.run(who, f"liftgate {line}")
        assert ran.exit_code == 0, ran
        return ran.output

    # what the pages speak of

    def request(self, *options: str) -> str:
        """A request that waits for its review, or with ``--break-glass`` one that had none."""
        words = f"request {Q3} --write --for 20m --reason {REASON} {' '.join(options)}"
        return found_in(self.say("ada", words), "rq")

    def grant(self) -> str:
        """A grant that is live."""
        return found_in(self.say("ada", f"request {Q3} --write --for 2m --reason {REASON}"), "gr")

    def only_grant(self) -> str:
        """The grant that somebody has who has but one."""
        live = self._live()
        if len(live) != 1:
            self.end_everything()
            return self.grant()
        return live[0]

    def finding(self) -> str:
        """A finding."""
        self._finding = self._finding or self.tamper()
        return self._finding

    def tamper(self) -> str:
        """A finding, and with it a hold on Ada: a session of hers changed who may read the bucket."""
        grant = self.grant()
        aws, lent = self.world.account.aws, json.loads(self.say("ada", f"credentials --grant {grant}"))
        event = {
            "detail-type": "AWS API Call via CloudTrail",
            "source": "aws.s3",
            "detail": tampering(grant, lent["AccessKeyId"]),
        }
        aws.client("sqs", aws.root).send_message(
            QueueUrl=aws.cloudtrail_queue_url, MessageBody=json.dumps(event)
        )
        found = self.world.liftgate_once("grace", "findings", "--grant", grant, says="PutBucketPolicy")
        return found_in(found.output, "fi")

    def holds(self) -> list[Any]:
        found: list[Any] = json.loads(self.say("grace", "holds --output json"))["items"]
        return found

    def upload(self) -> Upload:
        """A multipart upload of which no part has been sent."""
        if self._upload is None:
            grant, key = self.only_grant(), "2026/q3/figures.bin"
            begun = self.world.client_under(grant).create_multipart_upload(Bucket=REPORTS, Key=key)
            self._upload = Upload(grant, key, begun["UploadId"])
        return self._upload

    def dead_letter(self) -> str:
        """The id of an event that could not be taken."""
        aws = self.world.account.aws
        sent = aws.client("sqs", aws.root).send_message(
            QueueUrl=aws.dead_letter_queue_url, MessageBody="no event"
        )
        return str(sent["MessageId"])

    def key(self) -> str:
        """A KMS key, as its owner made it."""
        if not self._key:
            aws = self.world.account.aws
            self._key = aws.client("kms", aws.root).create_key()["KeyMetadata"]["Arn"]
        return self._key

    def end_everything(self) -> None:
        """Give back what Ada was granted, withdraw what she asked for, conclude her emergencies, and release her."""
        for grant in self._live():
            self.say("ada", f"return {grant}")
        for request in json.loads(self.say("ada", "status --output json"))["pending"]["items"]:
            self.say("ada", f"cancel {request['id']}")
        for request in re.findall(r"conclude (rq-\w+) --justified", self.say("grace", "review")):
            self.say("grace", f"review conclude {request} --justified --comment {REASON}")
        self._release()

    def _release(self) -> None:
        for who in ("grace", "linus"):  # one of them may have done it on the page
            if self.holds():
                self.run(who, f"liftgate release ada --reason {REASON}")

    def _live(self) -> list[str]:
        return [one["id"] for one in json.loads(self.say("ada", "status --output json"))["active"]["items"]]

    # how it is done

    def _environment(self, who: str) -> dict[str, str]:
        aws = self.world.account.aws
        if who == SERVER:
            return self.world.server_environment() | {"LIFTGATE_PORT": "0"}
        if who != ADMINISTRATOR:
            return self.world.environment_of(who)
        environment = self.world.environment_of("ada") | {
            "AWS_ACCESS_KEY_ID": aws.root.access_key_id,
            "AWS_SECRET_ACCESS_KEY": aws.root.secret_access_key,
            "AWS_ENDPOINT_URL": aws.endpoint_url,
            "AWS_DEFAULT_REGION": aws.region,
        }
        del environment["AWS_PROFILE"]
        return environment

    def _in_shell(self, environment: Mapping[str, str]) -> dict[str, Any]:
        return {
            "cwd": self.folder,
            "env": environment,
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.STDOUT,
            "text": True,
        }

    def _begin(self, line: str, lines: int) -> Ran:
        """Start what goes on until it is stopped, wait until it says so in as many lines, and stop it."""
        environment = self._environment(SERVER)
        if "serve" in line:
            # Who is stopped in the middle of the trail's files keeps others from them for two minutes.
            del environment["LIFTGATE_WATCH_TRAIL_BUCKET"]
        with subprocess.Popen(["sh", "-c", f"exec {line} 2>log"], **self._in_shell(environment)) as process:
            assert process.stdout
            patience = threading.Timer(PATIENCE_WITH_LEASES_SECONDS, process.kill)
            patience.start()
            said = [process.stdout.readline()]
            while said[-1] and (len(said) < lines or not any(one.startswith("Liftgate ") for one in said)):
                said.append(process.stdout.readline())
            process.terminate()
            rest, _ = process.communicate()
            patience.cancel()
        output = "".join(said) + rest or (self.folder / "log").read_text()
        return Ran(command=line, exit_code=0 if said[-1] else 1, output=output)

    def _review_meanwhile(self, line: str) -> Ran:
        """A line that waits for its review gets it."""
        with subprocess.Popen(["bash", "-ec", line], **self._in_shell(self._environment("ada"))) as process:
            assert process.stdout
            said = process.stdout.readline()
            if found := re.search(r"rq-[0-9a-z]{16}", said):
                self.run("grace", f"liftgate review approve {found[0]}")
            rest, _ = process.communicate(timeout=PATIENCE_SECONDS)
        return Ran(command=line, exit_code=process.returncode, output=said + rest)


def _done(line: str, done: subprocess.CompletedProcess[str]) -> Ran:
    return Ran(command=line, exit_code=done.returncode, output=done.stdout)


def _in_this_process(line: str, environment: Mapping[str, str], folder: Path) -> Ran:
    _, *words = shlex.split(line, comments=True)
    said, before = io.StringIO(), (dict(os.environ), sys.stdin)
    sys.stdin = io.TextIOWrapper(io.BytesIO(POLICY))
    os.environ.clear()
    os.environ.update(environment)
    try:
        with contextlib.chdir(folder), contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            code = main(words)
    finally:
        os.environ.clear()
        os.environ.update(before[0])
        sys.stdin = before[1]
    return Ran(command=line, exit_code=code, output=said.getvalue())


def found_in(text: str, kind: str) -> str:
    """The first id of a kind in what was said."""
    found = re.search(rf"\b{kind}-[0-9a-z]{{16}}\b", text)
    assert found, text
    return found[0]


@contextmanager
def open_stage() -> Iterator[Stage]:
    """Start the world, and put into it what the pages speak of."""
    with running_world(settings=SETTINGS) as world:
        furnish_world(world)
        yield Stage(world, world.folder)
