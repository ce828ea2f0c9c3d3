"""Files of what is shown: pictures, animations, data, and a Python script.

Imports foundation, problems, optimizers, landscape, engine, document, draw.paint, export.stills and
export.animation.
"""
