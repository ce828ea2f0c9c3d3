"""A sweep over hyperparameters, and the strip of colours under a slider.

Imports foundation, optimizers, landscape, engine, maps, draw.paint and draw.charts.
"""
