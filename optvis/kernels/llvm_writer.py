"""LLVM assembly of a `StepGraph`: many lanes abreast, or one.

A lane goes through its rows with its position and state in registers, and ``width`` lanes go abreast
as the elements of one vector. What depends on hyperparameters alone is computed once a call, and a
power such as ``beta1**t`` is carried as a running product. `optvis.kernels.kernel` compiles the text and says
what the function takes.
"""

from __future__ import annotations

import math
import struct

from optvis.kernels.step_graph import CONSTANT, EVERY_STEP, StepGraph

RECORDED = ("x", "y", "loss", "grad_x", "grad_y")
"""The fields of a row before those of the inner state."""
_OF_A_ROW = RECORDED[2:]  # written where rows are recorded, and never read
TRACKED = ("last", "peak", "settled", "reached")
"""What is kept of every lane; `optvis.kernels.kernel.Kernel.advance` says what they mean."""
ANCHOR = ("anchor_x", "anchor_y")
SETTINGS = ("h", "low_x", "high_x", "low_y", "high_y", "still", "target")

FROM_C_LIBRARY = {
    "sin": "sin", "cos": "cos", "tan": "tan", "arcsin": "asin", "arccos": "acos", "arctan": "atan",
    "arctan2": "atan2", "sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "exp": "exp", "log": "log",
    "log10": "log10", "power": "pow",
}  # fmt: skip
"""The functions that the C library computes, as it does for Python's floats, by their names there."""
_OF_TWO = ("arctan2", "power")

_ARITHMETIC = {"add": "fadd", "sub": "fsub", "mul": "fmul", "div": "fdiv"}
_COMPARISONS = {"<": "olt", "<=": "ole", ">": "ogt", ">=": "oge", "==": "oeq", "!=": "une"}
_INTRINSICS = {"sqrt": "sqrt", "abs": "fabs", "floor": "floor"}


def lane_code(step: StepGraph, name: str, width: int) -> str:
    """Write the function ``name`` for so many lanes abreast."""
    return _Writer(step, width).function(name)


def running_powers(step: StepGraph) -> int:
    """How many powers such as ``beta1**t`` are carried from one update to the next."""
    return len(_Writer(step, 1)._powers)


def declarations(width: int) -> str:
    """What a module of such a function begins with."""
    lines = [
        f"declare double @{of_c}(double{', double' * (name in _OF_TWO)}) memory(none) nounwind"
        for name, of_c in FROM_C_LIBRARY.items()
    ]
    kind, suffix = _vector("double", width), _suffix(width)
    lines += [f"declare {kind} @llvm.{name}.{suffix}({kind})" for name in _INTRINSICS.values()]
    return "\n".join(lines) + "\n"


def _vector(kind: str, width: int) -> str:
    return kind if width == 1 else f"<{width} x {kind}>"


def _suffix(width: int) -> str:
    return "f64" if width == 1 else f"v{width}f64"


class _Writer:
    """Writes one function, line by line; every value has a number of its own."""

    def __init__(self, step: StepGraph, width: int) -> None:
        self._step, self._graph, self._width = step, step.graph, width
        self._reals, self._truths = _vector("double", width), _vector("i1", width)
        self._lines: list[str] = []
        self._count = 0
        self._fields = (*RECORDED, *step.state_names)
        self._nodes = self._graph.reachable(step.roots)
        self._ratios: dict[int, str] = {}
        self._powers = {node: slope for node in self._nodes if (slope := self._running_power(node)) is not None}
        self._power_rows = {node: len(TRACKED) + len(ANCHOR) + i for i, node in enumerate(self._powers)}

    # --- the function ----------------------------------------------------------------------------

    def function(self, name: str) -> str:
        """Write all of it."""
        reals, truths = self._reals, self._truths
        self._put(
            f"define void @{name}(ptr %rows, i64 %row_stride, i64 %field_stride, i64 %lanes, i64 %first, i64 %stop,"
            " i64 %steps, ptr %hyper, i64 %hyper_stride, ptr %settings, ptr %track, i64 %track_stride)"
            ' "prefer-vector-width"="512" {'
        )
        self._put("entry:")
        setting = {key: self._spread(self._load("%settings", str(i), "double")) for i, key in enumerate(SETTINGS)}
        first = self._spread(self._set("sitofp i64 %first to double"))
        steps = self._spread(self._set("sitofp i64 %steps to double"))
        first_t = self._set(f"fadd {reals} {first}, {self._number(1.0)}")
        is_recorded = self._set("icmp ne i64 %row_stride, 0")
        row_offset = self._set("mul i64 %first, %row_stride")
        stop_offset = self._set("mul i64 %stop, %row_stride")
        self._put("br label %group")

        self._put("group:")
        self._put("%lane = phi i64 [0, %entry], [%next_lane, %group_done]")
        begin = {
            field: self._load_field("%rows", i, "%field_stride", row_offset)
            for i, field in enumerate(self._fields)
            if field not in _OF_A_ROW
        }
        tracked = {key: self._load_field("%track", i, "%track_stride") for i, key in enumerate(TRACKED)}
        anchor = [self._load_field("%track", len(TRACKED) + i, "%track_stride") for i in range(len(ANCHOR))]
        is_free = self._set(f"fcmp uno {reals} {anchor[0]}, {anchor[0]}")
        values = {"h": setting["h"]}
        values |= {key: self._load_field("%hyper", i, "%hyper_stride") for i, key in enumerate(self._step.hyper)}
        constants: dict[int, str] = {}
        self._emit([node for node in self._nodes if self._graph.level(node) == CONSTANT], values, constants)
        started: dict[int, str] = {}
        for node, slope in self._powers.items():
            base, exponent = self._graph.node(node)[1]
            at_first = dict(constants)
            self._emit(self._graph.reachable([exponent]), values | {"t": first_t}, at_first)
            started[node] = self._call("power", constants[base], at_first[exponent])
            self._emit(self._graph.reachable([slope]), values, constants)
            self._ratios[node] = self._call("power", constants[base], constants[slope])
        for node, row in self._power_rows.items():  # where a call before this one has left off, bit by bit
            left = self._load_field("%track", row, "%track_stride")
            unknown = self._set(f"fcmp uno {reals} {left}, {left}")
            started[node] = self._set(f"select {truths} {unknown}, {reals} {started[node]}, {reals} {left}")
        alive = self._set(f"fcmp oeq {reals} {tracked['last']}, {first}")
        self._put("br label %row_loop")

        self._put("row_loop:")
        carried: dict[str, tuple[str, str]] = {field: (reals, value) for field, value in begin.items()}
        carried |= {key: (reals, value) for key, value in tracked.items()}
        carried |= {f"power{node}": (reals, value) for node, value in started.items()}
        carried |= {"at": (reals, first), "t": (reals, first_t), "alive": (truths, alive)}
        self._put("%row = phi i64 [%first, %group], [%next_row, %row_done]")
        for key, (kind, value) in carried.items():
            self._put(f"%{key} = phi {kind} [{value}, %group], [%{key}.next, %row_done]")
        values |= {key: f"%{key}" for key in ("x", "y", "t", *self._step.state_names)}
        computed = constants | {node: f"%power{node}" for node in self._powers}
        self._emit(self._nodes, values, computed)
        loss = computed[self._step.loss]
        grads = [computed[node] for node in self._step.grad]
        after = [computed[node] for node in self._step.after]
        self._put(f"br i1 {is_recorded}, label %record, label %move")

        self._put("record:")
        now = ["%x", "%y", loss, *grads, *(f"%{key}" for key in self._step.state_names)]
        offset = self._set("mul i64 %row, %row_stride")
        for i, value in enumerate(now):
            shown = self._set(f"select {truths} %alive, {reals} {value}, {reals} {self._number(float('nan'))}")
            self._store_field("%rows", i, "%field_stride", shown, offset)
        self._put("br label %move")

        self._put("move:")
        self._move(setting, steps, loss, after, anchor, is_free)
        self._put("%next_row = add i64 %row, 1")
        more = self._set("icmp slt i64 %next_row, %stop")
        go_on = self._set(f"and i1 {more}, {self._any('%alive.next')}")
        self._put("br label %row_done")
        self._put("row_done:")
        self._put(f"br i1 {go_on}, label %row_loop, label %group_done")

        self._put("group_done:")
        for i, key in enumerate(self._fields):
            if key not in _OF_A_ROW:
                self._store_field("%rows", i, "%field_stride", f"%{key}.next", stop_offset)
        for i, key in enumerate(TRACKED):
            self._store_field("%track", i, "%track_stride", f"%{key}.next")
        for node, row in self._power_rows.items():
            self._store_field("%track", row, "%track_stride", f"%power{node}.next")
        self._put(f"%next_lane = add i64 %lane, {self._width}")
        unfinished = self._set("icmp slt i64 %next_lane, %lanes")
        self._put(f"br i1 {unfinished}, label %group, label %end")
        self._put("end:")
        self._put("ret void")
        self._put("}")
        return "\n".join(self._lines) + "\n"

    def _move(
        self, setting: dict[str, str], steps: str, loss: str, after: list[str], anchor: list[str], is_free: str
    ) -> None:
        """Judge where a lane is, follow it, and take the step where it may go on."""
        reals, truths = self._reals, self._truths

        def both(one: str, other: str) -> str:
            return self._set(f"and {truths} {one}, {other}")

        def where(condition: str, value: str, otherwise: str, name: str | None = None) -> str:
            return self._set(f"select {truths} {condition}, {reals} {value}, {reals} {otherwise}", name)

        def compared(how: str, one: str, other: str) -> str:
            return self._set(f"fcmp {how} {reals} {one}, {other}")

        inside = compared("oeq", self._set(f"fsub {reals} {loss}, {loss}"), self._number(0.0))  # finite
        for axis in ("x", "y"):
            inside = both(inside, compared("olt", setting[f"low_{axis}"], f"%{axis}"))
            inside = both(inside, compared("olt", f"%{axis}", setting[f"high_{axis}"]))
        where(both("%alive", compared("ogt", loss, "%peak")), loss, "%peak", "%peak.next")
        hit = both(compared("ole", loss, setting["target"]), compared("ogt", "%reached", "%at"))
        where(both("%alive", hit), "%at", "%reached", "%reached.next")
        self._set(f"and {truths} %alive, {inside}", "%alive.next")
        going = both("%alive.next", compared("olt", "%at", steps))
        squares = []
        for axis, value, place in zip(("x", "y"), after, anchor, strict=False):
            here, there = where(is_free, value, f"%{axis}"), where(is_free, f"%{axis}", place)
            way = self._set(f"fsub {reals} {here}, {there}")
            squares.append(self._set(f"fmul {reals} {way}, {way}"))
        length = self._set(f"fadd {reals} {squares[0]}, {squares[1]}")
        where(both(going, compared("ogt", length, setting["still"])), "%t", "%settled", "%settled.next")
        where(going, "%t", "%last", "%last.next")
        for key, value in zip(("x", "y", *self._step.state_names), after, strict=True):
            where(going, value, f"%{key}", f"%{key}.next")
        self._set(f"fadd {reals} %at, {self._number(1.0)}", "%at.next")
        self._set(f"fadd {reals} %t, {self._number(1.0)}", "%t.next")
        for node, ratio in self._ratios.items():
            self._set(f"fmul {reals} %power{node}, {ratio}", f"%power{node}.next")

    # --- operations ------------------------------------------------------------------------------

    def _emit(self, nodes: list[int], values: dict[str, str], computed: dict[int, str]) -> None:
        """Write the operations of nodes that are not computed yet."""
        for node in nodes:
            if node not in computed:
                computed[node] = self._operation(node, values, computed)

    def _operation(self, node: int, values: dict[str, str], computed: dict[int, str]) -> str:
        op, nodes = self._graph.node(node)
        if op == "input":
            return values[self._graph.leaf(node)]
        if op == "number":
            return self._number(float(self._graph.leaf(node)))
        reals, truths = self._reals, self._truths
        args = [computed[arg] for arg in nodes]
        if op in _ARITHMETIC:
            return self._set(f"{_ARITHMETIC[op]} {reals} {args[0]}, {args[1]}")
        if op in _COMPARISONS:
            return self._set(f"fcmp {_COMPARISONS[op]} {reals} {args[0]}, {args[1]}")
        if op in _INTRINSICS:
            return self._set(f"call {reals} @llvm.{_INTRINSICS[op]}.{_suffix(self._width)}({reals} {args[0]})")
        match op:
            case "neg":
                return self._set(f"fneg {reals} {args[0]}")
            case "where":
                return self._set(f"select {truths} {args[0]}, {reals} {args[1]}, {reals} {args[2]}")
            case "minimum" | "maximum":  # a nan of either goes through, as in NumPy
                better = self._set(f"fcmp {'ole' if op == 'minimum' else 'oge'} {reals} {args[0]}, {args[1]}")
                unknown = self._set(f"fcmp uno {reals} {args[0]}, {args[0]}")
                first = self._set(f"or {truths} {better}, {unknown}")
                return self._set(f"select {truths} {first}, {reals} {args[0]}, {reals} {args[1]}")
            case "sign":
                below = self._set(f"fcmp olt {reals} {args[0]}, {self._number(0.0)}")
                above = self._set(f"fcmp ogt {reals} {args[0]}, {self._number(0.0)}")
                value = self._set(f"select {truths} {below}, {reals} {self._number(-1.0)}, {reals} {args[0]}")
                return self._set(f"select {truths} {above}, {reals} {self._number(1.0)}, {reals} {value}")
        return self._call(op, *args)

    def _call(self, op: str, *args: str) -> str:
        """Call the C library's function, for one lane after the other."""
        name = FROM_C_LIBRARY[op]
        if self._width == 1:
            return self._set(f"call double @{name}({', '.join(f'double {arg}' for arg in args)})")
        result = "poison"
        for lane in range(self._width):
            parts = [self._set(f"extractelement {self._reals} {arg}, i64 {lane}") for arg in args]
            value = self._set(f"call double @{name}({', '.join(f'double {part}' for part in parts)})")
            result = self._set(f"insertelement {self._reals} {result}, double {value}, i64 {lane}")
        return result

    def _running_power(self, node: int) -> int | None:
        """For a power that can be carried from one update to the next: the node of what its exponent gains.

        Exponents are t, or t and a positive number, so that a power that has vanished or overflowed at first
        need never come back; a multiple of them only over a positive base, for which every part of a
        power is real.
        """
        op, args = self._graph.node(node)
        if op != "power" or self._graph.level(args[0]) != CONSTANT or self._graph.level(args[1]) != EVERY_STEP:
            return None
        base, exponent = args
        if self._is_number_of_update(exponent):
            return self._graph.number(1.0)
        op, parts = self._graph.node(exponent)
        if op not in ("mul", "div") or not self._literal(base) > 0.0:
            return None
        changing, factor = parts if op == "div" or self._graph.level(parts[1]) == CONSTANT else parts[::-1]
        if self._graph.level(factor) != CONSTANT or not self._is_number_of_update(changing):
            return None
        return self._graph.apply(op, self._graph.number(1.0), factor)

    def _is_number_of_update(self, node: int) -> bool:
        """Whether an expression is t, or t plus a number that is not negative."""
        op, args = self._graph.node(node)
        if op == "input":
            return self._graph.leaf(node) == "t"
        return op == "add" and any(
            self._is_number_of_update(one) and self._literal(other, -1.0) >= 0.0 for one, other in (args, args[::-1])
        )

    def _literal(self, node: int, otherwise: float = math.nan) -> float:
        """The value of a number that stands in the text."""
        return float(self._graph.leaf(node)) if self._graph.node(node)[0] == "number" else otherwise

    # --- lines -----------------------------------------------------------------------------------

    def _put(self, line: str) -> None:
        self._lines.append(line)

    def _set(self, expression: str, name: str | None = None) -> str:
        """Give an expression a name."""
        if name is None:
            self._count += 1
            name = f"%v{self._count}"
        self._put(f"{name} = {expression}")
        return name

    def _number(self, value: float) -> str:
        """A constant, bit by bit."""
        text = f"0x{struct.pack('>d', value).hex().upper()}"
        return text if self._width == 1 else f"<{', '.join([f'double {text}'] * self._width)}>"

    def _spread(self, value: str) -> str:
        """The same number in all lanes."""
        if self._width == 1:
            return value
        one = self._set(f"insertelement {self._reals} poison, double {value}, i64 0")
        zeros = _vector("i32", self._width)
        return self._set(f"shufflevector {self._reals} {one}, {self._reals} poison, {zeros} zeroinitializer")

    def _any(self, truths: str) -> str:
        if self._width == 1:
            return truths
        bits = self._set(f"bitcast {self._truths} {truths} to i{self._width}")
        return self._set(f"icmp ne i{self._width} {bits}, 0")

    def _load(self, base: str, index: str, kind: str) -> str:
        place = self._set(f"getelementptr double, ptr {base}, i64 {index}")
        return self._set(f"load {kind}, ptr {place}, align 8")

    def _place(self, index: int, stride: str, offset: str | None) -> str:
        at = self._set(f"mul i64 {index}, {stride}")
        at = self._set(f"add i64 {at}, %lane")
        return at if offset is None else self._set(f"add i64 {at}, {offset}")

    def _load_field(self, base: str, index: int, stride: str, offset: str | None = None) -> str:
        return self._load(base, self._place(index, stride, offset), self._reals)

    def _store_field(self, base: str, index: int, stride: str, value: str, offset: str | None = None) -> None:
        place = self._set(f"getelementptr double, ptr {base}, i64 {self._place(index, stride, offset)}")
        self._put(f"store {self._reals} {value}, ptr {place}, align 8")
