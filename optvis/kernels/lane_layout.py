"""What the arrays of a kernel hold, field by field."""

RECORDED = ("x", "y", "loss", "grad_x", "grad_y")
"""The fields of a row before those of the inner state."""
TRACKED = ("last", "peak", "settled", "reached")
"""What is kept of every lane; `optvis.kernels.kernel.Kernel.advance` says what they mean."""
ANCHOR = ("anchor_x", "anchor_y")
TAIL = (
    "path", "last_step", "before_x", "before_y", "before_loss", "late_sum", "earlier_sum", "late_peak", "steepest",
    "end_loss", "end_slope",
)  # fmt: skip
"""What the last rows of a lane were like, from which `optvis.engine.outcome.judge` tells how it ended:

- the length of the last ten steps together, and of the last one, in a unit that is given;
- where it was ten steps before the end, and the loss there;
- how far the losses of the last ten rows, and of the ten rows before, are together above a loss that is given
  (the latter nan where there are fewer than 21 rows);
- the highest loss of the last six rows, the largest norm of the gradient of the last eleven, both at the end.

Of lanes that did not come to the last row it may be anything.
"""
SETTINGS = ("h", "low_x", "high_x", "low_y", "high_y", "still", "target", "unit", "lowest")
