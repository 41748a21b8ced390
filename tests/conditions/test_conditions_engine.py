"""What reading a condition brings into a process."""

import subprocess
import sys


def test_the_engine_comes_without_its_command_line() -> None:
    program = (
        "import sys, liftgate.conditions.condition;"
        "print([name for name in ('cel.cli', 'typer', 'rich', 'prompt_toolkit') if name in sys.modules]);"
        "import cel.cli; print(cel.cli.__name__, hasattr(cel.cli, 'app'))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\ncel.cli True\n"
