"""The dialog that finds good settings.

Imports foundation, problems, optimizers, tuning, document, draw.paint, plot, gui.widgets and gui.state.
"""
