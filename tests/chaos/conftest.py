"""The suite's own parts are tested by pytest (ctest entry `chaos.parts`)."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
