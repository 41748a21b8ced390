"""``liftgate serve``: the server's own command, where the server is installed."""

from liftgate.cli.extra import load_command

command = load_command("liftgate.server.command", name="serve", extra="server")
