"""Charts of what a trajectory measures, step by step.

Imports foundation, problems, landscape, engine, explain and draw.paint.
"""
