"""The session, its files and its texts, the command line among them, and the scene that it is resolved into.

Imports foundation, problems, optimizers, landscape and engine.
"""
