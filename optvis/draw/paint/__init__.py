"""What all pictures are made of: colours, strokes, words, numbers, axes and markers.

Imports foundation, problems, landscape, engine and document.
"""
