"""The engine of CEL without its command line, which would bring typer, rich and prompt_toolkit into each process: 90 ms, 20 MB."""

import sys
from types import ModuleType
from typing import Final

_COMMAND_LINE: Final = "cel.cli"

if "cel" in sys.modules:
    import cel
else:
    sys.modules[_COMMAND_LINE] = ModuleType(_COMMAND_LINE)
    try:
        import cel
    finally:
        del sys.modules[_COMMAND_LINE]  # whoever wants it can still import it

__all__ = ["cel"]
