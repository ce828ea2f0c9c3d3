"""Why a step went where it went: an update line by line, arrows, slow motion, stability, measures for charts.

Imports foundation, language, problems, optimizers, landscape, kernels and engine.
"""
