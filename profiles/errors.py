"""The one root of errors that a person can fix. Anything else that escapes is our own fault, and says so."""


class UserFixableError(Exception):
    """Something outside is wrong and a person can put it right. `str()` is one sentence: what, where, how to fix."""
