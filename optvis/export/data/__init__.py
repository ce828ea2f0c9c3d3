"""Trajectories, basins and sweeps as CSV, JSON or NPZ.

Imports foundation, problems, engine, maps and document.
"""
