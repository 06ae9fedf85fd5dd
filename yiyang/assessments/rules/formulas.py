"""Formulas: arithmetic over answers, for one person or for columns, in a small language of its own.

Parsed and evaluated by simpleeval with everything taken out but numbers, names, arithmetic, comparisons and a
few functions: no attributes, no subscripts, no strings but to compare with.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial
from typing import Any

from simpleeval import SimpleEval

from yiyang.assessments.rules.texts import Text

LONGEST = 2000
DEEPEST = 40
PLACE = re.compile(r"[^0-9A-Za-z_]")


class CannotCompute(ArithmeticError):
    """Division by nothing, a root of less than nothing, a number too large."""


def name_of(code: str) -> str:
    """How an item is called in a formula: B.1.1 is B_1_1, and a leading digit gets an underscore."""
    name = PLACE.sub("_", code)
    return f"_{name}" if name[:1].isdigit() else name


NEAR_HALF = 1e-9  # 22.45 is kept as a little less, and still is 22.5 with one decimal


def rounded(number: float, decimals: float = 0) -> float:
    """Half goes up, as on paper."""
    scale = 10.0 ** int(decimals)
    return math.floor(number * scale + 0.5 + NEAR_HALF) / scale


def power(base: float, exponent: float) -> float:
    if exponent == 2:
        return base * base
    return math.pow(base, exponent)


OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: power,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Gt: operator.gt,
    ast.Lt: operator.lt,
    ast.GtE: operator.ge,
    ast.LtE: operator.le,
    ast.Not: operator.not_,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "min": lambda a, b, *more: min(a, b, *more),
    "max": lambda a, b, *more: max(a, b, *more),
    "abs": abs,
    "round": rounded,
    "sqrt": math.sqrt,
    "exp": math.exp,
    "log": lambda number: math.log(number),
    "log10": math.log10,
    "floor": lambda number: float(math.floor(number)),
    "ceil": lambda number: float(math.ceil(number)),
}
ARGUMENTS = {"min": (2, 20), "max": (2, 20), "round": (1, 2)}
NODES = (
    ast.Expression, ast.Constant, ast.Name, ast.Load, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.And, ast.Or,
    ast.Compare, ast.IfExp, ast.Call, *OPERATORS,
)  # fmt: skip


class Evaluator(SimpleEval):
    """simpleeval with only the nodes that a formula may have."""

    def __init__(
        self,
        names: Mapping[str, Any],
        operators: Mapping[type[ast.AST], Callable[..., Any]] = OPERATORS,
        functions: Mapping[str, Callable[..., Any]] = FUNCTIONS,
        nodes: Mapping[type[ast.AST], Callable[..., Any]] | None = None,
    ) -> None:
        super().__init__(operators=dict(operators), functions=dict(functions), names=dict(names))
        allowed = {ast.Name, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Call}
        everything = vars(self)["nodes"]
        self.nodes: dict[type[ast.AST], Callable[..., Any]] = {
            node: handler for node, handler in everything.items() if node in allowed
        }
        self.nodes[ast.Constant] = constant
        self.nodes |= {node: partial(how, self._eval) for node, how in (nodes or {}).items()}

    def of(self, formula: str) -> Any:
        return self._eval(parsed(formula))


def constant(node: ast.Constant) -> float | str:
    return node.value if isinstance(node.value, str) else float(node.value)  # type: ignore[arg-type]


@lru_cache(maxsize=512)
def parsed(formula: str) -> ast.expr:
    return ast.parse(formula.strip(), mode="eval").body


@lru_cache(maxsize=512)
def names_in(formula: str) -> frozenset[str]:
    called = {node.func for node in ast.walk(parsed(formula)) if isinstance(node, ast.Call)}
    return frozenset(
        node.id for node in ast.walk(parsed(formula)) if isinstance(node, ast.Name) and node not in called
    )


def computed(formula: str, names: Mapping[str, float | str]) -> float:
    """The value; CannotCompute when there is none."""
    try:
        value = float(Evaluator(names).of(formula))
    except (ArithmeticError, ValueError, TypeError) as error:
        raise CannotCompute(str(error)) from error
    if not math.isfinite(value):
        raise CannotCompute("not a finite number")
    return value


def faults_in(formula: str, numbers: frozenset[str], words: frozenset[str]) -> Iterator[Text]:
    """What is wrong with a formula; `numbers` may be calculated with, `words` only compared."""
    if len(formula) > LONGEST:
        yield Text(f"公式超过 {LONGEST} 个字符", f"the formula is longer than {LONGEST} characters")
        return
    try:
        tree = parsed(formula)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        yield Text(f"公式“{formula}”写法有误", f"the formula “{formula}” cannot be read")
        return
    if depth(tree) > DEEPEST:
        yield Text("公式嵌套过深", "the formula is nested too deeply")
        return
    yield from _nodes(tree)
    for name in sorted(names_in(formula) - numbers - words):
        yield Text(
            f"公式中的“{name}”不是本量表的条目", f"“{name}” in the formula is no item of this instrument"
        )
    yield from _words(tree, words)


def _nodes(tree: ast.expr) -> Iterator[Text]:
    for node in ast.walk(tree):
        if not isinstance(node, NODES):
            what = type(node).__name__
            yield Text(f"公式中不能使用 {what}", f"{what} cannot be used in a formula")
        elif isinstance(node, ast.Compare) and len(node.ops) > 1:
            yield Text("比较请一次只写两个数，用 and 连接", "compare two at a time, joined by and")
        elif isinstance(node, ast.Constant) and (
            isinstance(node.value, bool) or not isinstance(node.value, int | float | str)
        ):
            yield Text(f"公式中不能使用 {node.value!r}", f"{node.value!r} cannot be used in a formula")
        elif isinstance(node, ast.Call):
            yield from _call(node)


def _call(node: ast.Call) -> Iterator[Text]:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name not in FUNCTIONS or node.keywords:
        known = " ".join(sorted(FUNCTIONS))
        yield Text(
            f"公式中没有函数“{name}”，可用：{known}", f"there is no function “{name}”; there are: {known}"
        )
        return
    least, most = ARGUMENTS.get(name, (1, 1))
    if not least <= len(node.args) <= most:
        yield Text(f"函数 {name} 的参数个数不对", f"{name} takes another number of values")


def _words(tree: ast.expr, words: frozenset[str]) -> Iterator[Text]:
    """Words may be compared for equality, nothing else."""
    compared = {
        id(side)
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.NotEq)
        for side in (node.left, *node.comparators)
    }
    for node in ast.walk(tree):
        is_words = (isinstance(node, ast.Constant) and isinstance(node.value, str)) or (
            isinstance(node, ast.Name) and node.id in words
        )
        if is_words and id(node) not in compared:
            said = ast.unparse(node)
            yield Text(
                f"{said} 是文字，只能用 == 或 != 比较", f"{said} is words: compare it with == or != only"
            )


def depth(tree: ast.AST) -> int:
    deepest, level = 0, [tree]
    while level:
        deepest += 1
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    return deepest
