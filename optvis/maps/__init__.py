"""One result for every place of a grid: basins over starts, sweeps over hyperparameters, and swarms.

Imports foundation, problems, optimizers, landscape and engine.
"""
