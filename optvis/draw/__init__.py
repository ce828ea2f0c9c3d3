"""The one renderer: scenes painted with a QPainter, for the window, the exports and the command line."""
