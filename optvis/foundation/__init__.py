"""What everything stands on: users' errors, files written whole, work in slices, numbers as text, assets, the version.

Imports nothing of optvis.
"""
