"""A sweep over hyperparameters, and the strip of colours under a slider.

Imports optimizers, landscape, engine, maps, draw.paint and draw.charts.
"""
