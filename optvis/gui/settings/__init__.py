"""The panels in which the problem and the runs are set.

Imports foundation, language, problems, optimizers, landscape, engine, explain, maps, document, draw.paint, gui.widgets,
gui.state and gui.tune.
"""
