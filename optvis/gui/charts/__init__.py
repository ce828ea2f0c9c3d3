"""The charts beside the map.

Imports foundation, problems, landscape, explain, document, draw.paint, draw.charts, draw.page, plot, gui.widgets
and gui.state.
"""
