"""The dialog that finds good settings.

Imports foundation, problems, optimizers, tuning, document, draw.paint, gui.widgets and gui.state.
"""
