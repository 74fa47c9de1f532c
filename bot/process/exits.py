"""How a program of ours ends, for whoever started it; bridgepkg.py has its own, because it may not import ours yet."""

from typing import Final

EXIT_NO: Final = 1
"""The answer is no: a check failed, a draft is blocked."""

EXIT_COULD_NOT_RUN: Final = 2
"""Something outside was in the way, and one line on standard error says what."""

EXIT_INTERRUPTED: Final = 130
"""Somebody pressed Ctrl-C."""
