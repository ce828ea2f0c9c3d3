"""Video, H.264 in MP4, by PyAV: the extra ``video``."""

from __future__ import annotations

import importlib.util
from fractions import Fraction
from typing import Any, BinaryIO

from optvis.export.animation.frame_changes import Pixels, rgba
from optvis.foundation.errors import InputError

_QUALITY = "18"  # x264's scale: no difference is seen
_BT709, _STUDIO = 1, 1  # how colours are coded, and their range


def check_video() -> None:
    """Raise `InputError` where videos cannot be written."""
    if importlib.util.find_spec("av") is None:
        raise InputError(
            "a video takes the library av, which is not installed; pip install 'optvis[video]' installs it, "
            "or choose .gif, .apng or .webp"
        )


class Mp4:
    """Encodes video; its width and height must be even."""

    def __init__(self, file: BinaryIO, size: tuple[int, int], fps: float) -> None:
        import av

        self._av: Any = av
        self._rate = Fraction(fps).limit_denominator(1000)
        self._container: Any = av.open(file, "w", format="mp4")
        self._stream: Any = self._container.add_stream("libx264", rate=self._rate)
        self._stream.width, self._stream.height = size
        self._stream.pix_fmt = "yuv420p"
        self._stream.options = {"crf": _QUALITY}
        context = self._stream.codec_context
        context.colorspace = context.color_primaries = context.color_trc = _BT709
        context.color_range = _STUDIO
        self._count = 0

    def add(self, pixels: Pixels, until: Fraction) -> None:
        """Write a frame as often as it takes to fill the time up to an end, in seconds."""
        frame = self._av.VideoFrame.from_ndarray(rgba(pixels), format="rgba")
        frame = frame.reformat(format="yuv420p", dst_colorspace=_BT709, dst_color_range=_STUDIO)
        for number in range(self._count, round(until * self._rate)):
            frame.pts, frame.time_base = number, 1 / self._rate
            self._container.mux(self._stream.encode(frame))
            self._count = number + 1

    def close(self) -> None:
        """Write what the encoder still holds, and the index."""
        self._container.mux(self._stream.encode())
        self._container.close()
