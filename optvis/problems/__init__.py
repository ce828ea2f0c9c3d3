"""What is minimised: the catalogue of test functions, formulas, numerical gradients, starts, tolerances.

Imports foundation and language.
"""
