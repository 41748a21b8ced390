"""A Liftgate that lends on any enforcer: the real server, in this process, with the enforcer's STS in the place of AWS's."""

import os
import socket
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import uvicorn
from pydantic import SecretStr
from tests.enforcement.enforcers import Enforcer

from liftgate.demo import world
from liftgate.elevation.sts import StsLender
from liftgate.server.app import create_app
from liftgate.server.parts import running_parts
from liftgate.server.settings import Settings

PROGRAMS: Final = Path(sys.executable).parent
_CATALOGUE: Final = Path(world.__file__).with_name("catalogue.yaml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """Where it listens. People sign in to it by name."""

    address: str
    folder: Path

    def environment(self, **more: str) -> dict[str, str]:
        """Ada's shell: nothing of ours leaks in but the way to the programs."""
        kept = {name: os.environ[name] for name in ("LANG", "TZ", "PYTHONPATH") if name in os.environ}
        return kept | {
            "PATH": f"{PROGRAMS}{os.pathsep}{os.environ.get('PATH', '')}",
            "HOME": str(self.folder),
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": str(self.folder / "aws-config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(self.folder / "no-credentials"),
            "LIFTGATE_SERVER": self.address,
            "LIFTGATE_SIGN_IN": "local:ada",
            "COLUMNS": "100",
            **more,
        }

    def write_profiles(self, profiles: Mapping[str, Mapping[str, str]]) -> None:
        """Ada's AWS config."""
        sections = [
            f"[profile {name}]\n" + "".join(f"{key} = {value}\n" for key, value in settings.items())
            for name, settings in profiles.items()
        ]
        (self.folder / "aws-config").write_text("\n".join(sections), encoding="utf-8")


@contextmanager
def served(enforcer: Enforcer, database_url: str, folder: Path) -> Iterator[Served]:
    """Serve the store's grants until the block ends."""
    settings = Settings(catalogue=(_CATALOGUE,), database_url=SecretStr(database_url), local_sign_in=True)
    with socket.create_server(("127.0.0.1", 0)) as listener:  # who calls before it serves waits in its queue
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with running_parts(settings, audience=address) as parts:
            app = create_app(replace(parts, lender=StsLender(enforcer.sts)))
            # Its clock is ours. uvicorn dates answers by a clock that it looks at once a second, later where it is busy.
            config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", date_header=False)
            server = uvicorn.Server(config)
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
            thread.start()
            yield Served(address=address, folder=folder)
            server.should_exit = True
            thread.join()
