"""The little world in which the demo's story plays: an AWS, a Liftgate server, and three people at their terminals."""

import json
import os
import select
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from liftgate.clock import system_clock
from liftgate.demo.deployed_account import deploy_account
from liftgate.demo.embedded_aws import Keys, running_embedded_aws
from liftgate.demo.errors import ServerFailed
from liftgate.demo.in_place import know_names
from liftgate.demo.ran import Ran, run
from liftgate.demo.sample_account import REPORTS, SampleAccount

CATALOGUE: Final = Path(__file__).with_name("catalogue.yaml")
_READY_WITHIN_SECONDS: Final = 30
_PATIENCE_SECONDS: Final = 30.0
_STOPS_WITHIN_SECONDS: Final = 15
_UPLOAD: Final = "corrected.csv"
_PROGRAMS: Final = Path(sys.executable).parent


class World:
    """Everything that runs, and how to do things in it as one of its people."""

    def __init__(
        self,
        account: SampleAccount,
        folder: Path,
        *,
        port: int,
        settings: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.folder = folder
        self.bucket = REPORTS
        self.catalogue = folder / "catalogue.yaml"
        self.database = folder / "liftgate.db"
        self.aws_config = folder / "aws-config"
        self.address = ""
        self.account = account
        self._port = port
        self._settings = settings
        self._server: subprocess.Popen[str] | None = None
        self._sessions: dict[str, Keys] = {}
        shutil.copy(CATALOGUE, self.catalogue)
        (folder / _UPLOAD).write_text("region,total\nnorth,1250\n")

    @property
    def endpoint_url(self) -> str:
        """Where its AWS is."""
        return self.account.aws.endpoint_url

    # Liftgate itself

    def start_server(self) -> None:
        """Start ``liftgate serve`` as the broker, and wait until it says that it serves."""
        log = (self.folder / "server.log").open("a")
        with log:
            self._server = subprocess.Popen(  # noqa: S603 - our own program
                [str(_PROGRAMS / "liftgate"), "serve"],
                env=self.server_environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self.address = self._ready_address()
        self._port = int(self.address.rsplit(":", 1)[1])
        self._write_aws_config()

    def server_environment(self) -> dict[str, str]:
        """What programs that run beside the server are told: its settings, and the broker's keys."""
        broker = self.account.broker
        return (
            self._plain_environment()
            | {
                "AWS_ACCESS_KEY_ID": broker.access_key_id,
                "AWS_SECRET_ACCESS_KEY": broker.secret_access_key,
                "LIFTGATE_AWS_REGION": self.account.aws.region,
                "LIFTGATE_AWS_STS_ENDPOINT": self.account.aws.endpoint_url,
                "LIFTGATE_AWS_IAM_ENDPOINT": self.account.aws.endpoint_url,
                "LIFTGATE_AWS_S3_ENDPOINT": self.account.aws.endpoint_url,
                "LIFTGATE_AWS_SQS_ENDPOINT": self.account.aws.endpoint_url,
                "LIFTGATE_WATCH_QUEUE_URL": self.account.aws.cloudtrail_queue_url,
                "LIFTGATE_WATCH_DEAD_LETTER_QUEUE_URL": self.account.aws.dead_letter_queue_url,
                "LIFTGATE_WATCH_TRAIL_BUCKET": self.account.aws.trail_bucket,
                "LIFTGATE_RESPONSE": "act",
                "LIFTGATE_SETTLE_AFTER": "5s",  # its CloudTrail tells at once
                "LIFTGATE_SETTINGS": os.devnull,  # whatever this machine's own server is told
                "LIFTGATE_CATALOGUE": str(self.catalogue),
                "LIFTGATE_DATABASE_URL": f"sqlite:///{self.database}",
                "LIFTGATE_LOCAL_SIGN_IN": "true",
                "LIFTGATE_PORT": str(self._port),
            }
            | dict(self._settings)
        )

    def stop_server(self) -> None:
        """Stop it, and wait until it is gone."""
        if self._server is None:
            return
        self._server.terminate()
        try:
            self._server.wait(_STOPS_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()
        if self._server.stdout is not None:
            self._server.stdout.close()
        self._server = None

    def lose_events(self) -> None:
        """Empty the queue of CloudTrail's events, as if it had been deleted."""
        aws = self.account.aws
        aws.client("sqs", aws.root).purge_queue(QueueUrl=aws.cloudtrail_queue_url)

    def wait(self) -> int:
        """Wait until the server ends by itself."""
        return self._server.wait() if self._server else 0

    # what people do

    def liftgate(self, who: str, *arguments: str) -> Ran:
        """A person's ``liftgate`` command, who proves their identity by their everyday AWS profile."""
        shown = "liftgate " + " ".join(_quoted(argument) for argument in arguments)
        return run(
            [str(_PROGRAMS / "liftgate"), *arguments],
            environment=self.environment_of(who),
            folder=self.folder,
            shown=shown if who == "ada" else f"AWS_PROFILE={who} {shown}",
        )

    def environment_of(self, who: str) -> dict[str, str]:
        """What a person's terminal has: their profiles, and the server's address."""
        home = self.folder / "home" / who
        home.mkdir(parents=True, exist_ok=True)
        return self._plain_environment() | {
            "HOME": str(home),
            "AWS_CONFIG_FILE": str(self.aws_config),
            "AWS_PROFILE": "baseline" if who == "ada" else who,
            "LIFTGATE_SERVER": self.address,
        }

    def shell(self, who: str, line: str) -> Ran:
        """A line as a person types it into a shell, in a folder with a file to upload."""
        return run(["sh", "-c", line], environment=self.environment_of(who), folder=self.folder, shown=line)

    def liftgate_once(self, who: str, *arguments: str, says: str) -> Ran:
        """A person's ``liftgate`` command, given again until its answer says something, for as long as a person would wait."""
        last = time.monotonic() + _PATIENCE_SECONDS
        while True:
            ran = self.liftgate(who, *arguments)
            if says in ran.output or time.monotonic() > last:
                return ran
            time.sleep(0.2)

    def ask(self, who: str, place: str, *options: str, minutes: int = 0, seconds: int = 0) -> Ran:
        """``liftgate request`` with a reason."""
        lasts = f"{minutes}m" if minutes else f"{seconds}s"
        reason = "correct the figures of the north"
        return self.liftgate(who, "request", place, *options, "--for", lasts, "--reason", reason)

    def aws(self, profile: str, *arguments: str) -> Ran:
        """An ``aws`` command with one of the profiles."""
        environment = self.environment_of("ada") | {"AWS_PROFILE": profile}
        return self._aws(arguments, environment, note=f"--profile {profile}")

    def upload(self, profile: str, to: str) -> Ran:
        """``aws s3 cp`` of a small file."""
        return self.aws(profile, "s3", "cp", "--no-progress", _UPLOAD, to)

    def aws_under(self, grant_id: str, *arguments: str) -> Ran:
        """An ``aws`` command with the session lent under a grant: the same session at every call, revoked or not."""
        keys = self._session(grant_id)
        environment = self._plain_environment() | {
            "AWS_ACCESS_KEY_ID": keys.access_key_id,
            "AWS_SECRET_ACCESS_KEY": keys.secret_access_key,
            "AWS_SESSION_TOKEN": keys.session_token or "",
            "AWS_DEFAULT_REGION": self.account.aws.region,
            "AWS_ENDPOINT_URL": self.account.aws.endpoint_url,
        }
        return self._aws(arguments, environment, note=f" # with the session lent under {grant_id}")

    def upload_under(self, grant_id: str, to: str) -> Ran:
        """``aws s3 cp`` of a small file with the session lent under a grant."""
        return self.aws_under(grant_id, "s3", "cp", "--no-progress", _UPLOAD, to)

    def client_under(self, grant_id: str) -> Any:
        """An S3 client of this process with the session lent under a grant."""
        return self.account.aws.client("s3", self._session(grant_id))

    def ends_at(self, grant_id: str) -> datetime:
        """When a grant's window ends."""
        shown = self.liftgate("ada", "show", grant_id, "--output", "json")
        return datetime.fromisoformat(json.loads(shown.output)["ends_at"])

    def wait_for_end(self, grant_id: str) -> None:
        """Wait until a grant's window has ended, if it has not."""
        left = self.ends_at(grant_id) - system_clock() if grant_id else timedelta()
        time.sleep(max(0.0, left.total_seconds()))

    # how it is done

    def _session(self, grant_id: str) -> Keys:
        if grant_id not in self._sessions:
            lent = self.liftgate("ada", "credentials", "--grant", grant_id)
            answer = json.loads(lent.output)
            self._sessions[grant_id] = Keys(
                access_key_id=answer["AccessKeyId"],
                secret_access_key=answer["SecretAccessKey"],
                session_token=answer["SessionToken"],
            )
        return self._sessions[grant_id]

    def _aws(self, arguments: tuple[str, ...], environment: Mapping[str, str], *, note: str) -> Ran:
        return run(
            [str(_PROGRAMS / "aws"), *arguments],
            environment=environment,
            folder=self.folder,
            shown=f"aws {' '.join(arguments)} {note}",
        )

    def _ready_address(self) -> str:
        server = self._server
        if server is None or server.stdout is None:
            raise ServerFailed("the server was not started", advice="start the demo again")
        ready, _, _ = select.select([server.stdout], [], [], _READY_WITHIN_SECONDS)
        first = server.stdout.readline() if ready else ""
        address = first.strip().rsplit(" ", 1)[-1]
        if not address.startswith("http://"):
            self.stop_server()
            raise ServerFailed(
                f"the server did not start: {_tail(self.folder / 'server.log') or first.strip()}",
                advice="run it by itself to see more: liftgate serve",
            )
        return address

    def _plain_environment(self) -> dict[str, str]:
        """Nothing of the caller's AWS or Liftgate settings leaks in, and nothing of the story leaks out."""
        kept = {name: os.environ[name] for name in ("LANG", "LC_ALL", "TZ", "TERM") if name in os.environ}
        return kept | {
            "PATH": f"{_PROGRAMS}{os.pathsep}{os.environ.get('PATH', '')}",
            "HOME": str(self.folder / "home"),
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_SHARED_CREDENTIALS_FILE": str(self.folder / "no-credentials"),
            "AWS_CONFIG_FILE": str(self.folder / "no-config"),
            "AWS_PAGER": "",
            "COLUMNS": "100",
        }

    def _write_aws_config(self) -> None:
        sections = [self._user_section(name) for name in self.account.people]
        sections += [
            self._baseline_section("baseline", "ada"),
            *(self._baseline_section(name, name) for name in self.account.people if name != "ada"),
            self._lent_section(),
        ]
        self.aws_config.touch(mode=0o600)
        self.aws_config.write_text("\n".join(sections))

    def _user_section(self, name: str) -> str:
        keys = self.account.people[name]
        return _section(
            f"{name}-keys",
            aws_access_key_id=keys.access_key_id,
            aws_secret_access_key=keys.secret_access_key,
            region=self.account.aws.region,
            endpoint_url=self.account.aws.endpoint_url,
        )

    def _baseline_section(self, profile: str, person: str) -> str:
        return _section(
            profile,
            role_arn=self.account.baseline_role_arn,
            role_session_name=person,
            source_profile=f"{person}-keys",
            region=self.account.aws.region,
            endpoint_url=self.account.aws.endpoint_url,
        )

    def _lent_section(self) -> str:
        program = _PROGRAMS / "liftgate"
        return _section(
            "liftgate",
            # Quoted only where it must be: AWS's SDK for Go, version 1, reads no further than a closing quote.
            credential_process=f"{shlex.quote(str(program))} --server {self.address} --profile baseline credentials",
            region=self.account.aws.region,
            endpoint_url=self.account.aws.endpoint_url,
        )


@contextmanager
def running_world(*, port: int = 0, settings: Mapping[str, str] = MappingProxyType({})) -> Iterator[World]:
    """Start the embedded AWS with its sample account, and Liftgate; stop both, and leave nothing behind.

    ``settings`` are variables for the server beside, or instead of, the world's own.
    """
    folder = Path(tempfile.mkdtemp(prefix="liftgate-demo-"))
    try:
        with running_embedded_aws(cloudtrail=True) as aws:
            account = deploy_account(aws, CATALOGUE)
            world = World(account, folder, port=port, settings=settings)
            know_names(account, world.database)
            world.start_server()
            try:
                yield world
            finally:
                world.stop_server()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _section(name: str, **settings: str) -> str:
    lines = "".join(f"{key} = {value}\n" for key, value in settings.items())
    return f"[profile {name}]\n{lines}"


def _quoted(argument: str) -> str:
    return f'"{argument}"' if " " in argument else argument


def _tail(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1][:500] if lines else ""
