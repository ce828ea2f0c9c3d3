"""The search for good hyperparameters, with the same budget for every optimizer.

Imports foundation, problems, optimizers and engine.
"""
