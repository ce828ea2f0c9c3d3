"""One step of one run: its mathematics, its numbers, and the curvature there.

Imports foundation, language, problems, landscape, engine, explain, document, draw.paint, draw.maps,
gui.widgets and gui.state.
"""
