// Turns what is on the page into what the server has drawn, node by node, so that focus, scrolling, open menus and what
// is typed stay. Nodes are matched by data-key or id; what carries data-keep belongs to the page and is left alone.

const KEPT_ATTRIBUTES = new Set(["open", "aria-busy", "data-named"]);

export function morph(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  if ("keep" in old.dataset && "keep" in fresh.dataset) return;
  if (old.nodeName === "TEMPLATE") {
    if (old.innerHTML !== fresh.innerHTML) old.innerHTML = fresh.innerHTML;
  } else if (old.isEqualNode(fresh) && !old.querySelector("template")) {
    return;
  }
  morphAttributes(old, fresh);
  if (old.nodeName !== "TEMPLATE") morphChildren(old, fresh);
}

function morphAttributes(old, fresh) {
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !KEPT_ATTRIBUTES.has(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value && !KEPT_ATTRIBUTES.has(name)) old.setAttribute(name, value);
  }
}

const keyOf = (node) => (node.nodeType === Node.ELEMENT_NODE ? node.dataset?.key || node.id || null : null);

function morphChildren(old, fresh) {
  const keyed = new Map([...old.childNodes].filter(keyOf).map((node) => [keyOf(node), node]));
  const wanted = new Set([...fresh.childNodes].map(keyOf));
  let at = old.firstChild;
  for (const next of [...fresh.childNodes]) {
    at = withoutGone(at, wanted);
    const match = matching(at, next, keyed);
    if (!match) {
      old.insertBefore(document.importNode(next, true), at);
    } else {
      if (match === at) at = at.nextSibling;
      else old.insertBefore(match, at);
      morph(match, next);
    }
  }
  while (at) {
    const after = at.nextSibling;
    at.remove();
    at = after;
  }
}

function withoutGone(start, wanted) {
  let at = start;
  while (at && keyOf(at) && !wanted.has(keyOf(at))) {
    const after = at.nextSibling;
    at.remove();
    at = after;
  }
  return at;
}

function matching(at, next, keyed) {
  const key = keyOf(next);
  const found = key ? keyed.get(key) : at && !keyOf(at) ? at : null;
  return found && found.nodeName === next.nodeName && found.parentNode ? found : null;
}
