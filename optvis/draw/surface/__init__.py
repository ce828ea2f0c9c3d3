"""The loss as a surface in three dimensions, with trails on it.

Imports foundation, problems, landscape, engine, draw.paint and draw.maps.
"""
