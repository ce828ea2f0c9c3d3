"""From a problem, an optimizer and a start to a trajectory, or to the ends of many lanes; and how they ended.

Imports foundation, language, problems, optimizers, landscape and kernels.
"""
