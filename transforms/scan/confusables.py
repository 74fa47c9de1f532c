"""Characters that look like an ASCII letter or digit (Unicode TR39, confusables), beyond compatibility forms.

They stand in `confusables.json` beside this module, with the version of Unicode that they are from;
tools/make-confusables writes it. The file is part of the package as the code is, and is read once, when this module is
loaded: a constant, no input, so that the core stays pure.
"""

from importlib.resources import files
from typing import Final

import orjson

_TABLE: Final = orjson.loads(files(__package__).joinpath("confusables.json").read_bytes())

UNICODE: Final[str] = _TABLE["unicode"]
"""The version of Unicode whose confusables these are."""

LOOKALIKES: Final[dict[str, str]] = _TABLE["lookalikes"]
"""Each key is what the characters of its value look like, folded. Each character stands once, as it is drawn: a Greek
capital nu looks like n, its small letter like v.
"""
