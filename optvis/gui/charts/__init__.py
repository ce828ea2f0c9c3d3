"""The charts beside the map.

Imports explain, document, draw.paint, draw.charts, draw.page, gui.widgets and gui.state.
"""
