"""LLVM code of a `StepGraph`: many lanes abreast, or one.

A lane goes through its rows with its position and state in registers, and ``width`` lanes go abreast
as the elements of one vector. What depends on hyperparameters alone is computed once a call.
`optvis.kernels.kernel` compiles the code, `optvis.kernels.lane_kernel` says what the function takes. Importing this
module loads llvmlite.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from llvmlite import ir

from optvis.kernels.lane_layout import ANCHOR, RECORDED, SETTINGS, TAIL, TRACKED
from optvis.kernels.running_powers import CONSTANT
from optvis.kernels.step_graph import StepGraph
from optvis.problems.tolerances import WINDOW

Value = Any  # an `ir.Value`; llvmlite has no types
_I64, _DOUBLE, _POINTER = ir.IntType(64), ir.DoubleType(), ir.PointerType()
_PARAMETERS = {
    "rows": _POINTER, "row_stride": _I64, "field_stride": _I64, "lanes": _I64, "first": _I64, "stop": _I64,
    "steps": _I64, "hyper": _POINTER, "hyper_stride": _I64, "settings": _POINTER, "track": _POINTER,
    "track_stride": _I64,
}  # fmt: skip
_OF_A_ROW = RECORDED[2:]  # written where rows are recorded, and never read

FROM_C_LIBRARY = {
    "sin": "sin", "cos": "cos", "tan": "tan", "arcsin": "asin", "arccos": "acos", "arctan": "atan",
    "arctan2": "atan2", "sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "exp": "exp", "log": "log",
    "log10": "log10", "power": "pow",
}  # fmt: skip
"""The functions that the C library computes, as it does for Python's floats, by their names there."""
_INTRINSICS = {"sqrt": "sqrt", "abs": "fabs", "floor": "floor"}
_ARITHMETIC = {"add": "fadd", "sub": "fsub", "mul": "fmul", "div": "fdiv", "neg": "fneg", "where": "select"}
_COMPARISONS = ("<", "<=", ">", ">=", "==")


def lane_code(step: StepGraph, name: str, width: int) -> str:
    """Write a module with the function ``name`` for so many lanes abreast."""
    return str(_Writer(step, name, width).module)


class _Writer:
    """Writes one function with `ir.IRBuilder`."""

    def __init__(self, step: StepGraph, name: str, width: int) -> None:
        self._step, self._graph, self._width = step, step.graph, width
        self._reals = _DOUBLE if width == 1 else ir.VectorType(_DOUBLE, width)
        self._nodes = step.graph.reachable(step.roots)
        self.module = ir.Module()
        function = ir.Function(self.module, ir.FunctionType(ir.VoidType(), _PARAMETERS.values()), name)
        function.attributes.update(['"prefer-vector-width"="512"'])  # llvmlite does not know it, and `add` refuses
        self._given = dict(zip(_PARAMETERS, function.args, strict=True))
        self._build = ir.IRBuilder(function.append_basic_block("entry"))
        self._function()

    # --- the function ----------------------------------------------------------------------------

    def _function(self) -> None:
        build, given = self._build, self._given
        entry, group, row_loop, group_done, end = build.block, *(
            build.append_basic_block(label) for label in ("group", "row_loop", "group_done", "end")
        )  # fmt: skip
        settings = self._fields("settings", _I64(0), _I64(1))
        setting = {key: self._spread(self._load(settings(i), _DOUBLE)) for i, key in enumerate(SETTINGS)}
        first, steps = (self._spread(build.sitofp(given[key], _DOUBLE)) for key in ("first", "steps"))
        first_t = build.fadd(first, self._reals(1.0))
        is_recorded = build.icmp_signed("!=", given["row_stride"], _I64(0))
        build.branch(group)

        build.position_at_end(group)
        lane = build.phi(_I64, "lane")
        lane.add_incoming(_I64(0), entry)

        def row(number: Value) -> Callable[[int], Value]:
            at = build.add(build.mul(number, given["row_stride"]), lane)
            return self._fields("rows", at, given["field_stride"])

        row_given, row_left = row(given["first"]), row(given["stop"])
        hypers = self._fields("hyper", lane, given["hyper_stride"])
        track = self._fields("track", lane, given["track_stride"])
        kept = {key: i for i, key in enumerate((*RECORDED, *self._step.state_names)) if key not in _OF_A_ROW}
        start: dict[str, Value] = {key: self._load(row_given(i)) for key, i in kept.items()}
        places = {key: i for i, key in enumerate((*TRACKED, *ANCHOR, *TAIL, *self._step.power_names))}
        tracked = {key: places[key] for key in (*TRACKED, *self._step.power_names)}
        anchor = [self._load(track(places[key])) for key in ANCHOR]
        start |= {key: self._load(track(i)) for key, i in tracked.items()}
        hyper = {"h": setting["h"]}
        hyper |= {key: self._load(hypers(i)) for i, key in enumerate(self._step.hyper)}
        constants: dict[int, Value] = {}
        self._emit([node for node in self._nodes if self._graph.level(node) == CONSTANT], hyper, constants)
        self._emit(self._graph.reachable(self._step.first_powers), hyper, constants)
        is_start = build.icmp_signed("==", given["first"], _I64(0))
        for name, node in zip(self._step.power_names, self._step.first_powers, strict=True):
            start[name] = build.select(is_start, constants[node], start[name])
        start |= {"row": given["first"], "at": first, "t": first_t}
        start["alive"] = build.fcmp_ordered("==", start["last"], first)
        is_free = self._is_nan(anchor[0])
        before = build.block
        build.branch(row_loop)

        build.position_at_end(row_loop)
        now = {key: build.phi(value.type) for key, value in start.items()}
        computed = dict(constants)
        self._emit(self._nodes, hyper | now, computed)
        loss, grads, after = self._step.loss, self._step.grad, self._step.after
        with build.if_then(is_recorded):
            row_now, nothing = row(now["row"]), self._reals(math.nan)
            states = [now[key] for key in self._step.state_names]
            shown = [now["x"], now["y"], computed[loss], *(computed[node] for node in grads), *states]
            for i, value in enumerate(shown):
                self._store(build.select(now["alive"], value, nothing), row_now(i))
        moved = dict(zip(("x", "y", *self._step.state_names), (computed[node] for node in after), strict=True))
        later = self._judged(setting, steps, now, computed[loss], moved, anchor, is_free)
        tail = {key: track(places[key]) for key in TAIL}
        left = build.sub(given["steps"], now["row"])
        with build.if_then(build.icmp_signed("<=", left, _I64(2 * WINDOW))):
            slope = self._length(computed[grads[0]], computed[grads[1]])
            self._follow_tail(tail, left, setting, now, computed[loss], slope, moved)
        later["row"] = build.add(now["row"], _I64(1))
        later |= {key: build.fadd(now[key], self._reals(1.0)) for key in ("at", "t")}
        powers = zip(self._step.power_names, self._step.next_powers, strict=True)
        later |= {name: computed[node] for name, node in powers}
        for key, phi in now.items():
            phi.add_incoming(start[key], before)
            phi.add_incoming(later[key], build.block)
        more = build.icmp_signed("<", later["row"], given["stop"])
        build.cbranch(build.and_(more, self._any(later["alive"])), row_loop, group_done)

        build.position_at_end(group_done)
        for key, i in kept.items():
            self._store(later[key], row_left(i))
        for key, i in tracked.items():
            self._store(later[key], track(i))
        next_lane = build.add(lane, _I64(self._width))
        lane.add_incoming(next_lane, build.block)
        build.cbranch(build.icmp_signed("<", next_lane, given["lanes"]), group, end)
        build.position_at_end(end)
        build.ret_void()

    def _judged(
        self,
        setting: dict[str, Value],
        steps: Value,
        now: dict[str, Value],
        loss: Value,
        moved: dict[str, Value],
        anchor: list[Value],
        is_free: Value,
    ) -> dict[str, Value]:
        """Judge where a lane is, follow it, and take the step where it may go on."""
        build = self._build
        both, where, compared = build.and_, build.select, build.fcmp_ordered
        inside = compared("==", build.fsub(loss, loss), self._reals(0.0))  # finite
        for axis in ("x", "y"):
            inside = both(inside, compared("<", setting[f"low_{axis}"], now[axis]))
            inside = both(inside, compared("<", now[axis], setting[f"high_{axis}"]))
        later = {"peak": where(both(now["alive"], compared(">", loss, now["peak"])), loss, now["peak"])}
        hit = both(compared("<=", loss, setting["target"]), compared(">", now["reached"], now["at"]))
        later["reached"] = where(both(now["alive"], hit), now["at"], now["reached"])
        later["alive"] = both(now["alive"], inside)
        going = both(later["alive"], compared("<", now["at"], steps))
        squares = []
        for axis, place in zip(("x", "y"), anchor, strict=True):
            way = build.fsub(where(is_free, moved[axis], now[axis]), where(is_free, now[axis], place))
            squares.append(build.fmul(way, way))
        is_long = compared(">", build.fadd(*squares), setting["still"])
        later["settled"] = where(both(going, is_long), now["t"], now["settled"])
        later["last"] = where(going, now["t"], now["last"])
        return later | {key: where(going, value, now[key]) for key, value in moved.items()}

    def _follow_tail(
        self,
        tail: dict[str, Value],
        left: Value,
        setting: dict[str, Value],
        now: dict[str, Value],
        loss: Value,
        slope: Value,
        moved: dict[str, Value],
    ) -> None:
        """Gather in memory what the last rows of the lanes that have come to them are like."""
        build = self._build

        def keep(name: str, value: Value) -> None:
            self._store(build.select(now["alive"], value, before(name)), tail[name])

        def before(name: str) -> Value:
            return self._load(tail[name])

        def is_left(compared: str, rows: int) -> Any:
            return build.if_then(build.icmp_signed(compared, left, _I64(rows)))

        def highest(value: Value, so_far: Value) -> Value:
            return build.select(build.fcmp_ordered(">", value, so_far), value, so_far)

        keep("end_loss", loss)
        keep("end_slope", slope)
        above = build.fsub(loss, setting["lowest"])
        is_first = build.icmp_signed("==", now["row"], _I64(0))
        is_short = build.icmp_signed("<", left, _I64(WINDOW))
        is_before = build.or_(build.icmp_signed("==", left, _I64(WINDOW)), build.and_(is_first, is_short))
        with build.if_then(is_before):
            for name, value in (("before_x", now["x"]), ("before_y", now["y"]), ("before_loss", loss)):
                keep(name, value)
        with is_left("==", 2 * WINDOW):
            keep("earlier_sum", self._reals(0.0))
        with is_left("<", 2 * WINDOW), is_left(">=", WINDOW):
            keep("earlier_sum", build.fadd(before("earlier_sum"), above))
        with is_left("<", WINDOW):
            keep("late_sum", build.fadd(before("late_sum"), above))
        with is_left("<=", WINDOW):
            keep("steepest", highest(slope, before("steepest")))
            with is_left(">", 0):
                along = (build.fdiv(build.fsub(moved[axis], now[axis]), setting["unit"]) for axis in ("x", "y"))
                length = self._length(*along)
                keep("last_step", length)
                keep("path", build.fadd(before("path"), length))
        with is_left("<=", WINDOW // 2):
            keep("late_peak", highest(loss, before("late_peak")))

    def _length(self, along_x: Value, along_y: Value) -> Value:
        squares = [self._build.fmul(along, along) for along in (along_x, along_y)]
        return self._call("sqrt", self._build.fadd(*squares))

    # --- operations ------------------------------------------------------------------------------

    def _emit(self, nodes: list[int], values: dict[str, Value], computed: dict[int, Value]) -> None:
        """Write the operations of nodes that are not computed yet."""
        for node in nodes:
            if node not in computed:
                computed[node] = self._operation(node, values, computed)

    def _operation(self, node: int, values: dict[str, Value], computed: dict[int, Value]) -> Value:
        op, nodes = self._graph.node(node)
        build, args = self._build, [computed[arg] for arg in nodes]
        if op == "input":
            return values[self._graph.leaf(node)]
        if op == "number":
            return self._reals(float(self._graph.leaf(node)))
        if op in _ARITHMETIC:
            return getattr(build, _ARITHMETIC[op])(*args)
        if op in _COMPARISONS:
            return build.fcmp_ordered(op, *args)
        match op:
            case "!=":
                return build.fcmp_unordered(op, *args)
            case "minimum" | "maximum":  # a nan of either goes through, as in NumPy
                better = build.fcmp_ordered("<=" if op == "minimum" else ">=", *args)
                return build.select(build.or_(better, self._is_nan(args[0])), *args)
            case "sign":
                zero = self._reals(0.0)
                value = build.select(build.fcmp_ordered("==", args[0], zero), zero, args[0])  # -0 has none either
                value = build.select(build.fcmp_ordered("<", args[0], zero), self._reals(-1.0), value)
                return build.select(build.fcmp_ordered(">", args[0], zero), self._reals(1.0), value)
        return self._call(op, *args)

    def _call(self, op: str, *args: Value) -> Value:
        """Call an intrinsic for all lanes, or the C library's function for one lane after the other."""
        build = self._build
        if op in _INTRINSICS:
            suffix = "f64" if self._width == 1 else f"v{self._width}f64"
            return build.call(self._declared(f"llvm.{_INTRINSICS[op]}.{suffix}", args), args)
        name = FROM_C_LIBRARY[op]
        return build.call(self._declared(name, args) if self._width == 1 else self._abreast(name, args), args)

    def _abreast(self, name: str, args: Any) -> Any:
        """A function of vectors that calls one of numbers for one lane after the other."""
        if (abreast := f"{name}_abreast") not in self.module.globals:
            function = ir.Function(self.module, ir.FunctionType(self._reals, [self._reals] * len(args)), abreast)
            function.linkage = "private"
            function.attributes.add("alwaysinline")
            build = ir.IRBuilder(function.append_basic_block())
            result = self._reals(ir.Undefined)
            for lane in range(self._width):
                parts = [build.extract_element(arg, _I64(lane)) for arg in function.args]
                value = build.call(self._declared(name, parts), parts)
                result = build.insert_element(result, value, _I64(lane))
            build.ret(result)
        return self.module.globals[abreast]

    def _declared(self, name: str, args: Any) -> Any:
        """A function outside the module that takes such arguments and returns what they are."""
        if name not in self.module.globals:
            kinds = [arg.type for arg in args]
            ir.Function(self.module, ir.FunctionType(kinds[0], kinds), name).attributes.update(["readnone", "nounwind"])
        return self.module.globals[name]

    def _is_nan(self, value: Value) -> Value:
        return self._build.fcmp_unordered("uno", value, value)

    # --- vectors and memory ----------------------------------------------------------------------

    def _spread(self, value: Value) -> Value:
        """The same number in all lanes."""
        if self._width == 1:
            return value
        one = self._build.insert_element(self._reals(ir.Undefined), value, _I64(0))
        return self._build.shuffle_vector(one, one, ir.VectorType(ir.IntType(32), self._width)(0))

    def _any(self, truths: Value) -> Value:
        if self._width == 1:
            return truths
        bits = ir.IntType(self._width)
        return self._build.icmp_signed("!=", self._build.bitcast(truths, bits), bits(0))

    def _fields(self, array: str, first: Value, stride: Value) -> Callable[[int], Value]:
        """Where the fields of an array are, of which the first is so many numbers from its beginning."""
        build = self._build
        base = build.gep(self._given[array], [first], source_etype=_DOUBLE)
        return lambda field: build.gep(base, [build.mul(_I64(field), stride)], source_etype=_DOUBLE)

    def _load(self, place: Value, kind: Any = None) -> Value:
        return self._build.load(place, align=8, typ=kind or self._reals)

    def _store(self, value: Value, place: Value) -> None:
        self._build.store(value, place, align=8)
