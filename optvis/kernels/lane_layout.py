"""What the arrays of a kernel hold, field by field."""

RECORDED = ("x", "y", "loss", "grad_x", "grad_y")
"""The fields of a row before those of the inner state."""
TRACKED = ("last", "peak", "settled", "reached")
"""What is kept of every lane; `optvis.kernels.kernel.Kernel.advance` says what they mean."""
ANCHOR = ("anchor_x", "anchor_y")
SETTINGS = ("h", "low_x", "high_x", "low_y", "high_y", "still", "target")
