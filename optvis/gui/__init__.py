"""The window, and what starts it.

Imports foundation, document, export, gui.widgets, gui.state, gui.inspector, gui.tune, gui.charts, gui.views,
gui.settings and gui.files.
"""
