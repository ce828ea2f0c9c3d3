"""optvis shows how optimizers move."""

__version__ = "0.1.0"
