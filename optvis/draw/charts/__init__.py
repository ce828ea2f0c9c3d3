"""Charts of what a trajectory measures, step by step.

Imports landscape, explain and draw.paint.
"""
