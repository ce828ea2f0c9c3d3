"""Machine code for a formula, a rule and a gradient scheme, made when it is first wanted.

`optvis.kernels.llvm_writer` writes LLVM code of the same `StepGraph` that the plain path is made of; here it
is compiled with llvmlite, in about a tenth of a second, on a thread of its own (LLVM works without the interpreter
lock, so a window goes on meanwhile), and kept on disk (`optvis.kernels.code_cache`). Where llvmlite is absent
or fails, `kernel` returns None, the log says so once, and the plain path serves.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import inspect
import logging
import sys
from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Unfinished
from functools import cache, lru_cache
from types import ModuleType
from typing import Any

from optvis.foundation.slices import eager
from optvis.kernels import code_cache, lane_layout, running_powers
from optvis.kernels.lane_kernel import Array, LaneKernel
from optvis.kernels.step_graph import StepGraph, step_graph
from optvis.language.formula import Formula
from optvis.language.rule import Rule
from optvis.problems.gradient import SchemeKind

_log = logging.getLogger("optvis.kernels.kernel")
_POLL_SECONDS = 0.002
_NAME = "optvis_lanes"
_SIGNATURE = (
    [ctypes.c_void_p] + [ctypes.c_int64] * 6 + [ctypes.c_void_p, ctypes.c_int64] + [ctypes.c_void_p] * 2
    + [ctypes.c_int64]
)  # fmt: skip


class Kernel(LaneKernel):
    """Machine code; the interpreter lock is free while it carries lanes."""

    def __init__(self, step: StepGraph, width: int, function: Any, owner: Any) -> None:
        super().__init__(step, width)
        self._function = function
        self._owner = owner  # keeps the machine code alive

    def _advance(
        self,
        rows: Array,
        first: int,
        stop: int,
        steps: int,
        hyper: Array,
        settings: Array,
        track: Array,
        row_of: int,
    ) -> None:
        lanes = rows.shape[-1]
        stride = 0 if rows.ndim == 2 else self.fields * lanes
        base = rows.ctypes.data - 8 * stride * row_of
        self._function(base, stride, lanes, lanes, first, stop, steps, hyper.ctypes.data, lanes,
                       settings.ctypes.data, track.ctypes.data, lanes)  # fmt: skip


def kernel_in_slices(
    formula: Formula, rule: Rule, kind: SchemeKind, *, lone: bool = False
) -> Generator[float, None, Kernel | None]:
    """Return the compiled lanes, or one compiled lane; None where that cannot be (also for complex-step).

    Another thread compiles meanwhile; what was compiled once is kept.
    """
    future = kernel_future(formula, rule, kind, lone)
    while True:
        try:
            return future.result(_POLL_SECONDS)
        except Unfinished:
            yield 0.0


kernel = eager(kernel_in_slices)


@lru_cache(maxsize=512)
def kernel_future(formula: Formula, rule: Rule, kind: SchemeKind, lone: bool) -> Future[Kernel | None]:
    """Begin to compile a kernel on the thread for it, or return what was begun before."""
    return _worker().submit(compile_kernel, formula, rule, kind, lone)


@cache
def _worker() -> ThreadPoolExecutor:
    """One thread: llvmlite lets no two work at the same time."""
    return ThreadPoolExecutor(1, thread_name_prefix="optvis-kernels")


def compile_kernel(formula: Formula, rule: Rule, kind: SchemeKind, lone: bool) -> Kernel | None:
    """Compile lanes, or one lane; None where that cannot be, and then the log says why."""
    step = step_graph(formula, rule, kind)
    compiler = host_compiler()
    if step is None or compiler is None:
        return None
    try:
        width = 1 if lone else compiler.width
        function, owner = compiler.function(step, width)
    except Exception as error:
        warn_once(f"{type(error).__name__}: {error}")
        return None
    return Kernel(step, width, function, owner)


@cache
def warn_once(reason: str) -> None:
    """Log why lanes are not compiled; only the first of all reasons."""
    if warn_once.cache_info().currsize == 0:
        _log.warning("lanes are not compiled, computing goes on more slowly (%s)", reason)


@cache
def host_compiler() -> Compiler | None:
    """Return the compiler for this machine; None where there is none, and then the log says why."""
    try:
        return Compiler()
    except Exception as error:  # llvmlite is absent, or not the one we know
        warn_once(f"{type(error).__name__}: {error}")
        return None


class Compiler:
    """LLVM for this machine.

    Attributes
    ----------
    width
        Lanes abreast: two registers of the widest kind, so that one lane's divisions hide behind another's.
    lane_code
        The writer of LLVM assembly, `optvis.kernels.llvm_writer.lane_code`.
    """

    def __init__(self) -> None:
        import llvmlite
        import llvmlite.binding as llvm

        from optvis.kernels import llvm_writer  # loads llvmlite

        self._llvm, self.lane_code = llvm, llvm_writer.lane_code
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        features = llvm.get_host_cpu_features()
        self.width = 16 if features.get("avx512f") else 8 if features.get("avx2") else 4
        target = llvm.Target.from_default_triple()
        cpu, flat = llvm.get_host_cpu_name(), features.flatten()
        self._machine = target.create_target_machine(cpu=cpu, features=flat, opt=2, jit=True)
        writer = _source(llvm_writer, lane_layout, running_powers)
        version = f"{llvmlite.__version__} {llvm.llvm_version_info}"
        self._made_for = f"{writer} {version} {self._machine.triple} {cpu} {flat}"
        library = ctypes.CDLL("ucrtbase" if sys.platform == "win32" else None)
        for name in llvm_writer.FROM_C_LIBRARY.values():  # the functions that Python's own floats go through
            address = ctypes.cast(getattr(library, name), ctypes.c_void_p).value
            llvm.add_symbol(name, address)

    def function(self, step: StepGraph, width: int) -> tuple[Any, Any]:
        """Return the function of a graph for so many lanes abreast, from the disk where it is known there."""
        key = code_cache.key(self._made_for, f"{width}\n{step.listing}")
        found = code_cache.load(key, self._loaded)
        if found is None:
            code = self.compile(self.lane_code(step, _NAME, width))
            found = self._loaded(code)
            code_cache.write(key, code)
        return found

    def _loaded(self, code: bytes) -> tuple[Any, Any]:
        """Return the function of machine code, and what keeps it alive."""
        llvm = self._llvm
        code_object = llvm.ObjectFileRef.from_data(code)
        if not code_object:
            raise ValueError("not machine code of this system")  # LLVM would go through the null pointer
        engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), self._machine_copy())
        engine.add_object_file(code_object)
        engine.finalize_object()
        return ctypes.CFUNCTYPE(None, *_SIGNATURE)(engine.get_function_address(_NAME)), engine

    def _machine_copy(self) -> Any:
        """An engine takes its target machine for itself."""
        return self._llvm.Target.from_default_triple().create_target_machine(jit=True)

    def compile(self, text: str) -> bytes:
        """Return the machine code of a module in LLVM assembly."""
        llvm = self._llvm
        module = llvm.parse_assembly(text)
        module.verify()
        tuning = llvm.create_pipeline_tuning_options(speed_level=2)
        tuning.loop_vectorization = tuning.slp_vectorization = False  # the text has its vectors
        builder = llvm.create_pass_builder(self._machine, tuning)
        passes = builder.getModulePassManager()
        passes.run(module, builder)
        _let_go(passes)
        code: bytes = self._machine.emit_object(module)
        return code


def _let_go(passes: Any) -> None:
    """Free a pass manager, a quarter of a megabyte, where llvmlite does not: it finds another `_dispose` first."""
    from llvmlite.binding.ffi import ObjectRef
    from llvmlite.binding.newpassmanagers import NewPassManager

    if type(passes)._dispose is ObjectRef._dispose:
        NewPassManager._dispose(passes)


def _source(*modules: ModuleType) -> str:
    """The text of modules, so that code from another writer is not found; a frozen program has only its version."""
    try:
        return "".join(map(inspect.getsource, modules))
    except OSError:
        return ""
