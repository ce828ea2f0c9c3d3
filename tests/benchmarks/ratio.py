"""Measuring two ways of doing the same, side by side."""

import gc
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median
from time import perf_counter


@dataclass(frozen=True)
class Comparison:
    """Seconds of ours and of another way, measured alternately: one pair of numbers a repeat."""

    name: str
    ours: tuple[float, ...]
    other: tuple[float, ...]
    wanted: float | None = None  # the ratio that was promised

    @property
    def ratio(self) -> float:
        """How many times as long the other way takes: the median over the pairs."""
        return median(other / ours for ours, other in zip(self.ours, self.other, strict=True))

    @property
    def spread(self) -> tuple[float, float]:
        """The lowest and the highest ratio of a pair."""
        ratios = [other / ours for ours, other in zip(self.ours, self.other, strict=True)]
        return min(ratios), max(ratios)


def compare(
    name: str,
    ours: Callable[[], object],
    other: Callable[[], object],
    repeats: int,
    *,
    wanted: float | None = None,
) -> Comparison:
    """Time both in turn, after one call of each that is not counted.

    Taking turns lets a machine that slows down or is busy spoil both alike, which is why ratios of
    pairs hold better than times.
    """
    ours(), other()
    pairs = [(_seconds(ours), _seconds(other)) for _ in range(repeats)]
    mine, theirs = zip(*pairs, strict=True)
    return Comparison(name, mine, theirs, wanted)


def _seconds(work: Callable[[], object]) -> float:
    gc.collect()
    begin = perf_counter()
    work()
    return perf_counter() - begin


def table(comparisons: Iterable[Comparison]) -> str:
    """Lines of text: medians in milliseconds, the ratio with its spread, and what was promised."""
    rows = [("", "ours", "other", "ratio", "from … to", "promised")]
    for one in comparisons:
        low, high = one.spread
        promised = "" if one.wanted is None else f"≥ {one.wanted:g} {'✓' if one.ratio >= one.wanted else '✗'}"
        times = [f"{1e3 * median(seconds):.2f} ms" for seconds in (one.ours, one.other)]
        rows.append((one.name, *times, f"{one.ratio:.1f}", f"{low:.1f} … {high:.1f}", promised))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  "
        + row[0].ljust(widths[0])
        + "".join("  " + cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True))
        for row in rows
    )
