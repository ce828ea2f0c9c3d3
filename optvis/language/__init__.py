"""The language of formulas and rules: parsed, written as mathematics, analysed and compiled to Python.

Imports foundation.
"""
