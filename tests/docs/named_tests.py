"""The tests of a file, for pages that name them."""

import ast
from pathlib import Path


def functions_in(file: Path) -> set[str]:
    """The names of its functions, those of classes too."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
