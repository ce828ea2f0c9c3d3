"""The panels in which the problem and the runs are set.

Imports foundation, language, problems, optimizers, engine, maps, document, draw.paint, gui.widgets,
gui.state, gui.inspector and gui.tune.
"""
