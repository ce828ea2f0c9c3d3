"""Machine code for one formula and one rule, its cache, and the plain Python loop that computes the same.

Imports foundation, language and problems.
"""
