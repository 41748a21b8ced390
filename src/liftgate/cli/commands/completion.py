"""``liftgate completion``: what a shell needs to complete our commands."""

import click
from click.shell_completion import get_completion_class

from liftgate.cli.terminal import say

_HOW = {
    "bash": "echo 'eval \"$(liftgate completion bash)\"' >> ~/.bashrc",
    "zsh": "echo 'eval \"$(liftgate completion zsh)\"' >> ~/.zshrc",
    "fish": "liftgate completion fish > ~/.config/fish/completions/liftgate.fish",
}


@click.command("completion", epilog="For good: " + "; ".join(_HOW.values()))
@click.argument("shell", type=click.Choice(list(_HOW)))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the script that makes a shell complete commands and options."""
    made = get_completion_class(shell)
    if made is None:
        raise click.UsageError(f"no completion for {shell}")
    say(made(context.find_root().command, {}, "liftgate", "_LIFTGATE_COMPLETE").source())
