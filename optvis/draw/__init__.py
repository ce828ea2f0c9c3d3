"""The one brush: everything that a picture or the window shows is painted here, with QPainter.

Imports nothing of optvis.
"""
