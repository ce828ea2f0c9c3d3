"""Charts of what a trajectory measures, step by step.

Imports foundation, problems, landscape, explain and draw.paint.
"""
