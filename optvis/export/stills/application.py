"""The Qt application that drawing takes, without a display."""

from __future__ import annotations

import os
import sys
from typing import cast

from PyQt6.QtGui import QGuiApplication

_application: QGuiApplication | None = None


def ensure_application() -> QGuiApplication:
    """Return the running Qt application, or start one that needs no display.

    Fonts need one. It is kept for the rest of the process.
    """
    global _application
    running = QGuiApplication.instance()
    if running is None:
        before = os.environ.get("QT_QPA_PLATFORM")
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        try:
            _application = QGuiApplication([sys.argv[0] or "optvis"])
        finally:
            if before is None:
                del os.environ["QT_QPA_PLATFORM"]
            else:
                os.environ["QT_QPA_PLATFORM"] = before
        running = _application
    return cast(QGuiApplication, running)
