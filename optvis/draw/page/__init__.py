"""Where things stand on a page: panels, legend, title, and the figure that they make.

Imports foundation, problems, landscape, explain, maps, document, draw.paint, draw.maps, draw.charts, draw.sweeps
and draw.surface.
"""
