"""One TLS context for all HTTP clients of the sandbox."""

import ssl
from functools import cache


@cache
def tls_context() -> ssl.SSLContext:
    """The system's certificates, read once: reading them costs more than a request on the loopback."""
    return ssl.create_default_context()
