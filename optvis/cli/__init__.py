"""The command line, one file for every command.

Imports foundation, problems, optimizers, maps, tuning, document, export.data, export.stills, export and gui.
"""
