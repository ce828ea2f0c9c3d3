"""What everything stands on: errors that a user can cause, files written whole, work in slices, assets, the version.

Imports nothing of optvis.
"""
