"""Documents, what is saved by itself, and what is copied and exported.

Imports foundation, explain, document, export.data, export.stills, export, gui.widgets and gui.state.
"""
