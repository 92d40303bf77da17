"""Every change that is tried: mutmut's, and what it does not try.

In functions the kinds are 'mutmut', 'smaller' (a number) and 'other end' (max for min); what stands
outside functions, in constants, tables and bodies of classes, is of the kind 'values'.
"""

import ast
import difflib
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import libcst
from mutmut.mutation.mutators import mutation_operators

KINDS = ("mutmut", "smaller", "other end", "values")
# Other tests hold these whole: the page of the API, the page of errors, and PyTorch row by row.
SKIPPED = {"__all__", "MESSAGES", "DIVERGENCES"}
# Other tables are made of it on import, and would not follow if it were exchanged.
ON_IMPORT = {"COPIES"}
TYPES = {"TypeVar", "ParamSpec"}
HARMLESS = {"len", "isinstance"}  # mutmut leaves their arguments alone, and so do we


@dataclass(frozen=True)
class Change:
    """One change; `make` gives the new text of the module."""

    name: str  # geometry.reach:mutmut:1:…, with a digest of the function or statement
    module: str  # geometry, figures.svg
    path: Path
    where: str  # reach, Axis.reach; of a value its class or variable
    kind: str
    table: bool  # whether a dictionary changes, which can be exchanged, since there is one of it
    tree: libcst.Module
    place: int  # of the changed statement
    make: Callable[[], libcst.CSTNode]

    @cached_property
    def after(self) -> str:
        """The whole module after the change."""
        body: list[Any] = list(self.tree.body)
        body[self.place] = self.make()
        return self.tree.with_changes(body=body).code

    @cached_property
    def lines(self) -> tuple[str, str]:
        """The changed lines, before and after; how they are indented and broken does not count."""
        statements = self.tree.body[self.place], self.make()
        before, after = (self.tree.code_for_node(each).splitlines() for each in statements)
        diff = list(difflib.unified_diff(before, after, n=0, lineterm=""))[2:]
        lines = (" ".join(line[1:] for line in diff if line[0] == sign) for sign in "-+")
        was, becomes = (" ".join(line.split()) for line in lines)
        return was, becomes


class Nodes(libcst.CSTVisitor):
    """Collects what the operators make of a statement's nodes, with the kind of each change."""

    def __init__(self, outside: bool) -> None:
        super().__init__()
        self.outside = outside
        self.found: list[tuple[str, libcst.CSTNode, libcst.CSTNode]] = []

    def on_visit(self, node: libcst.CSTNode) -> bool:
        if isinstance(node, libcst.Annotation) or is_type(node):
            return False
        if isinstance(node, libcst.FunctionDef if self.outside else libcst.Decorator):
            return False
        if isinstance(node, libcst.Call) and called(node) in HARMLESS:
            return False
        for wanted, operator in (*mutation_operators, *OURS):
            if isinstance(node, wanted):
                kind = "values" if self.outside else NAMES.get(operator, "mutmut")
                self.found += [(kind, node, changed) for changed in operator(node)]
        return True


def is_type(node: Any) -> bool:
    """Whether a statement only names a type."""
    if isinstance(node, libcst.AnnAssign):
        return getattr(node.annotation.annotation, "value", None) == "TypeAlias"
    return isinstance(node, libcst.Assign) and called(node.value) in TYPES


def is_table(statement: Any) -> bool:
    """Whether a statement assigns a dictionary."""
    first = statement.body[0] if isinstance(statement, libcst.SimpleStatementLine) else None
    return isinstance(getattr(first, "value", None), libcst.Dict)


def called(node: Any) -> str:
    """max(...) -> max, a.max() -> max"""
    function = getattr(node, "func", None)
    return getattr(getattr(function, "attr", function), "value", "")


def smaller(node: Any) -> Iterator[Any]:
    if isinstance(node, libcst.Integer | libcst.Float):
        less = repr(node.evaluated_value - 1)  # bracketed: 2**-1 and x - -1 stay as they are
        yield libcst.parse_expression(f"({less})" if less.startswith("-") else less)


def other_end(node: Any) -> Iterator[Any]:
    other = {"max": "min", "min": "max"}.get(called(node))
    if other:
        yield node.with_deep_changes(getattr(node.func, "attr", node.func), value=other)


OURS: Any = ((libcst.BaseNumber, smaller), (libcst.Call, other_end))
NAMES: Any = {smaller: "smaller", other_end: "other end"}


def changes(path: Path) -> Iterator[Change]:
    """All changes of a file."""
    parts = path.with_suffix("").parts[1:]
    module = ".".join(parts).removesuffix(".__init__")
    tree = libcst.MetadataWrapper(libcst.parse_module(path.read_text("utf-8"))).module
    counted: Counter[str] = Counter()
    for place, where, statement, outside in statements(tree):
        digest = hashlib.sha256(tree.code_for_node(statement).encode()).hexdigest()[:8]
        nodes = Nodes(outside)
        statement.visit(nodes)
        for kind, was, becomes in nodes.found:

            def make(place: int = place, was: Any = was, becomes: Any = becomes) -> libcst.CSTNode:
                changed: libcst.CSTNode = tree.body[place].deep_replace(was, becomes)
                return changed

            name = f"{module}.{where}:{kind}"
            counted[name] += 1
            name = f"{name}:{counted[name]}:{digest}"
            table = (
                is_table(statement)
                and where not in ON_IMPORT
                and not isinstance(was, libcst.Assign | libcst.AnnAssign)
            )
            yield Change(name, module, path, where, kind, table, tree, place, make)


def statements(tree: libcst.Module) -> Iterator[tuple[int, str, libcst.CSTNode, bool]]:
    """What is changed as one: its place in the module, its name, and if it is outside functions."""
    for place, statement in enumerate(tree.body):
        name = defined(statement)
        if isinstance(statement, libcst.FunctionDef):
            yield place, name, statement, False
        elif name not in SKIPPED:
            yield place, name, statement, True
            for inner in getattr(getattr(statement, "body", None), "body", ()):
                if isinstance(inner, libcst.FunctionDef):
                    yield place, f"{name}.{inner.name.value}", inner, False


def defined(statement: Any) -> str:
    """The function, class or variable that a statement defines; '' for another statement."""
    if isinstance(statement, libcst.FunctionDef | libcst.ClassDef):
        return statement.name.value
    first = statement.body[0] if isinstance(statement, libcst.SimpleStatementLine) else None
    target: Any = getattr(first, "target", None) or getattr(first, "targets", [None])[0]
    while isinstance(target, libcst.CSTNode):  # BY_NAME["shape"] = ... adds to BY_NAME
        target = getattr(target, "target", getattr(target, "value", ""))
    return target or ""


def functions(path: Path) -> Iterator[tuple[str, ast.AST]]:
    """Functions and methods of a module; what is nested in one belongs to it."""

    def inside(node: Any, prefix: str) -> Iterator[tuple[str, ast.AST]]:
        for each in node.body:
            if isinstance(each, ast.ClassDef):
                yield from inside(each, f"{prefix}{each.name}.")
            elif isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
                yield prefix + each.name, each

    yield from inside(ast.parse(path.read_text("utf-8")), "")
