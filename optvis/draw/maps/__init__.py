"""A map of the loss or of basins, with trails, arrows, fields and swarms on it.

Imports foundation, problems, landscape, engine, explain, maps and draw.paint.
"""
