"""``liftgate watch``: a program of the server's, where the server is installed."""

from liftgate.cli.extra import load_command

command = load_command("liftgate.server.watch_command", name="watch", extra="server")
