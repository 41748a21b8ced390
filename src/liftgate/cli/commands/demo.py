"""``liftgate demo``: the demo's own command, where the demo is installed."""

from liftgate.cli.extra import load_command

command = load_command("liftgate.demo.command", name="demo", extra="demo")
