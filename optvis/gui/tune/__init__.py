"""The dialog that finds good settings.

Imports foundation, problems, optimizers, tuning, document, draw.paint, draw.sweeps, plot, gui.widgets and gui.state.
"""
