"""Pictures as arrays."""

import numpy as np


def array(image):
    """Red, green, blue, alpha of a picture, (height, width, 4); premultiplied where it is."""
    image = image.convertToFormat(image.Format.Format_RGBA8888_Premultiplied)
    data = np.frombuffer(image.constBits().asstring(image.sizeInBytes()), dtype=np.uint8)
    return data.reshape(image.height(), image.bytesPerLine() // 4, 4)[:, : image.width()].astype(int)


def is_near(pixels, color, tolerance=40):
    """Which pixels have nearly a colour."""
    return (np.abs(pixels[..., :3] - np.array(color.getRgb()[:3])) <= tolerance).all(axis=-1)
