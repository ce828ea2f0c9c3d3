"""What every test needs before Qt is loaded."""

import os

import pytest
from hypothesis import settings

if not os.environ.get("QT_QPA_PLATFORM"):
    os.environ["QT_QPA_PLATFORM"] = "offscreen"

# Where bytecode is not kept, every program that a test starts would compile all of optvis anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# A busy machine is no defect, and the same commit passes or fails every time on a server.
settings.register_profile("optvis", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("optvis")


@pytest.fixture(scope="session", autouse=True)
def _application(qapp):
    """One QApplication for all tests: a picture that is rendered first would make a lesser one."""
    return qapp
