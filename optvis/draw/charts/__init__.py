"""Charts of what a trajectory measures, step by step.

Imports foundation, landscape, explain and draw.paint.
"""
