"""The loss over a window: its heights and colours, its curvature, and the error of a gradient scheme.

Imports foundation and problems.
"""
