"""JMESPath with the few functions that real exports need. A mapping is data; these are the whole of its language."""

from functools import lru_cache
from typing import Any

import jmespath
from jmespath import functions
from jmespath.exceptions import JMESPathError

from transforms.model.canonical import strings


class _Functions(functions.Functions):
    """Functions beyond the JMESPath standard; each tolerates null, because exports leave fields out."""

    @functions.signature({"types": ["string", "null"]}, {"types": ["string"]})
    def _func_split(self, text: str | None, separator: str) -> list[str]:
        """The parts of a multi-select value."""
        return [part.strip() for part in (text or "").split(separator) if part.strip()]

    @functions.signature({"types": ["string"]}, {"types": ["string", "null"]}, {"types": ["string"]})
    def _func_entity_ref(self, kind: str, namespace: str | None, name: str) -> str:
        """A Backstage entity reference in full, `component:default/name`."""
        return f"{kind}:{namespace or 'default'}/{name}".lower()

    @functions.signature({"types": ["array", "null"]})
    def _func_entity_refs(self, refs: list[str] | None) -> list[str]:
        """Backstage references with the parts that may be left out filled in (default kind and namespace)."""
        return [_full_ref(ref) for ref in refs or [] if isinstance(ref, str)]

    @functions.signature({"types": []})
    def _func_texts(self, document: Any) -> list[str]:
        """Every text of an Atlassian document, or of a plain string."""
        return list(strings(document))


def _full_ref(ref: str) -> str:
    kind, _, rest = ref.rpartition(":")
    namespace, _, name = rest.rpartition("/")
    return f"{kind or 'component'}:{namespace or 'default'}/{name}".lower()


_OPTIONS = jmespath.Options(custom_functions=_Functions())


@lru_cache(maxsize=512)
def _compiled(expression: str) -> Any:
    return jmespath.compile(expression)


def search(expression: str, data: Any) -> Any:
    """What the expression finds, or null where the data has another shape than it expects."""
    try:
        return _compiled(expression).search(data, options=_OPTIONS)
    except (JMESPathError, ValueError):
        return None


def problem(expression: str) -> str | None:
    """Why this is not a JMESPath expression, in one line; none when it is."""
    try:
        _compiled(expression)
    except JMESPathError as fault:
        return str(fault).splitlines()[0]
    return None
