"""A sweep over hyperparameters, the strip of colours under a slider, and the curve round a tuned value.

Imports foundation, problems, optimizers, landscape, engine, maps, tuning, draw.paint and draw.charts.
"""
