"""Tool tips that show what they are given, whatever a user has called something."""

from __future__ import annotations

import html


def plain_tip(text: str) -> str:
    """Return a text for `QWidget.setToolTip`, which takes what looks like markup for markup."""
    return f"<p style='white-space:pre'>{html.escape(text)}</p>" if "<" in text else text
