"""A little of Python's expressions, as lists that a script can read: names, numbers, axes."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from website.messages.patterns import Value

# A constant or a name, or an operation and its operands.
Tree: TypeAlias = list[Any]

SIGNS = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.And: "and",
    ast.Or: "or",
}
FUNCTIONS = ("len", "product", "axis")  # axis(v, list): the first place at which v stands


def tree(expression: str) -> Tree:
    """An expression as lists; Python's syntax, a little of it."""
    return _tree(ast.parse(expression.strip(), mode="eval").body)


def _tree(node: ast.expr) -> Tree:
    match node:
        case ast.Name(id=name):
            return ["name", name]
        case ast.Constant(value=int() | str() as constant):
            return ["value", constant]
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(constant))):
            return ["value", -constant]
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in SIGNS:
            return [SIGNS[type(sign)], _tree(left), _tree(right)]
        case ast.Compare(left=left, ops=[sign], comparators=[right]) if type(sign) in SIGNS:
            return [SIGNS[type(sign)], _tree(left), _tree(right)]
        case ast.BoolOp(op=sign, values=values):
            return [SIGNS[type(sign)], *map(_tree, values)]
        case ast.Subscript(value=of, slice=ast.Slice(lower=lower, upper=None, step=None)) if lower:
            return ["from", _tree(of), _tree(lower)]
        case ast.Subscript(value=of, slice=place):
            return ["at", _tree(of), _tree(place)]
        case ast.Call(func=ast.Name(id=name), args=given, keywords=[]) if name in FUNCTIONS:
            return [name, *map(_tree, given)]
    raise ValueError(f"not understood in an expression: {ast.unparse(node)}")


class NoValue(Exception):
    """An expression has no value for these numbers."""


def evaluate(given: Tree, values: Mapping[str, Value]) -> Any:
    """The value of a tree; patterns.js has the same in JavaScript, and a test compares the two."""
    kind, *rest = given
    if kind == "name":
        if rest[0] not in values:
            raise NoValue(rest[0])
        return values[rest[0]]
    if kind == "value":
        return rest[0]
    if kind == "and":
        return all(evaluate(each, values) for each in rest)
    if kind == "or":
        return any(evaluate(each, values) for each in rest)
    a, b = ([evaluate(each, values) for each in rest] + [None])[:2]
    try:
        return _operation(kind, a, b)
    except (TypeError, IndexError, ValueError, ZeroDivisionError) as error:
        raise NoValue(str(error)) from error


def _operation(kind: str, a: Any, b: Any) -> Any:
    match kind:
        case "in":
            return a in _list(b)
        case "not in":
            return a not in _list(b)
        case "==":
            return type(a) is type(b) and a == b
        case "!=":
            return type(a) is not type(b) or a != b
        case "len":
            return len(_list(a))
        case "product":
            return math.prod(_list(a))
        case "axis":
            return _list(b).index(a)
        case "at":
            return _list(a)[b]
        case "from":
            return _list(a)[b:]
    if not (isinstance(a, int) and isinstance(b, int)):
        raise TypeError(f"{kind} takes two numbers")
    match kind:
        case "+":
            return a + b
        case "-":
            return a - b
        case "*":
            return a * b
        case "//":
            return a // b
        case "%":
            return a % b
        case "<":
            return a < b
        case "<=":
            return a <= b
        case ">":
            return a > b
    return a >= b


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError("not a list")
    return value


def shown(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def names(piece: Any) -> Iterator[str]:
    """The names that an expression uses; a text uses none."""
    if isinstance(piece, list):
        if piece[0] == "name":
            yield piece[1]
        else:
            for each in piece[1:]:
                yield from names(each)
