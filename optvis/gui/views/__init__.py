"""The map, the surface and the sweep, each with its bar.

Imports foundation, problems, optimizers, landscape, engine, maps, document, draw.paint, draw.maps, draw.charts,
draw.sweeps, draw.surface, draw.page, plot, gui.widgets and gui.state.
"""
