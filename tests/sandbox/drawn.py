"""HTML as tests read it: a small tree with tags, attributes and text, made by the standard parser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

import httpx

from sandbox.server import Sandbox

VOID = {"meta", "link", "input", "hr", "br", "img"}
LOADING = {"script": "src", "link": "href", "img": "src", "iframe": "src", "object": "data", "embed": "src"}


@dataclass
class Element:
    """One element, or a document whose tag is empty."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    def walk(self) -> Iterator[Element]:
        """The element and all below it."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()

    def all(self, tag: str = "", **attributes: str) -> list[Element]:
        """Every element of this tag with these attributes; `class_` asks for one class, `_` stands for `-`."""
        return [one for one in self.walk() if one.tag and tag in {"", one.tag} and one.has(attributes)]

    def one(self, tag: str = "", **attributes: str) -> Element:
        """The only such element."""
        [found] = self.all(tag, **attributes)
        return found

    def has(self, attributes: dict[str, str]) -> bool:
        """Whether it has these attributes."""
        for name, value in attributes.items():
            held = self.attributes.get(name.rstrip("_").replace("_", "-"))
            if held is None or (value not in held.split() if name == "class_" else value != held):
                return False
        return True

    @property
    def text(self) -> str:
        """All text in it, with templates, as one string without surplus space."""
        return " ".join("".join(self._texts()).split())

    @property
    def exact(self) -> str:
        """All text in it, with every space and line break."""
        return "".join(self._texts())

    def _texts(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            else:
                yield from child._texts()


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Element("")]

    def handle_starttag(self, tag, attrs):
        made = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(made)
        if tag not in VOID:
            self.open.append(made)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
            self.open.pop()

    def handle_data(self, data):
        self.open[-1].children.append(data)


def read_html(text: str) -> Element:
    """The tree of a document; it must be well nested."""
    builder = _Builder()
    builder.feed(text)
    builder.close()
    assert [one.tag for one in builder.open] == [""], "an element is not closed"
    return builder.open[0]


def get(sandbox: Sandbox, path: str) -> Element:
    """What the sandbox answers, as a tree."""
    answer = httpx.get(sandbox.url + path)
    assert answer.status_code == 200, answer.text
    return read_html(answer.text)


def page_of(sandbox: Sandbox, user: str = "U0KIM", **query: str) -> Element:
    """The first HTML of someone's page."""
    return get(sandbox, f"/?{httpx.QueryParams({'as': user, **query})}")


def screen_of(sandbox: Sandbox, user: str = "U0KIM", **query: str) -> Element:
    """The changing part of someone's page."""
    return get(sandbox, f"/_people/{user}/screen?{httpx.QueryParams(query)}")


def is_harmless(document: Element) -> bool:
    """No handler, style or script inside, nothing loaded from elsewhere, and links only to http, https or here."""
    for one in document.walk():
        if one.tag in {"script", "link", "img"} and not one.attributes[LOADING[one.tag]].startswith("/page/"):
            return False
        if one.tag in {"style", "iframe", "object", "embed", "base"} or (one.tag == "script" and one.children):
            return False
        if any(name.startswith("on") or name in {"style", "srcdoc"} for name in one.attributes):
            return False
        if one.tag == "a" and not one.attributes["href"].startswith(("http://", "https://", "/", "#")):
            return False
    return True
