"""The charts beside the map.

Imports foundation, explain, document, draw.paint, draw.charts, draw.page, plot, gui.widgets and gui.state.
"""
