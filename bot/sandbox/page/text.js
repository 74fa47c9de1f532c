// Slack's text to DOM nodes. Only text nodes and a few elements are made, so nothing that was typed becomes markup.

const TOKEN = /<([^<>]+)>|\*([^*\n]+)\*|_([^_\n]+)_|`([^`\n]+)`/g;
const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };

export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== false && value != null) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child != null));
  return node;
}

export const plain = (text) => text.replace(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity]);

export function textNodes(object) {
  if (object.type !== "mrkdwn") return [plain(object.text)];
  return mrkdwn(object.text);
}

export function mrkdwn(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    nodes.push(plain(text.slice(end, match.index)));
    nodes.push(token(match));
    end = match.index + match[0].length;
  }
  nodes.push(plain(text.slice(end)));
  return nodes;
}

function token([, reference, bold, italic, code]) {
  if (reference != null) return link(reference);
  if (code != null) return make("code", {}, plain(code));
  return bold != null ? make("strong", {}, mrkdwn(bold)) : make("em", {}, mrkdwn(italic));
}

function link(reference) {
  const [target, label] = reference.split("|");
  if (/^https?:/.test(target)) return make("a", { href: plain(target), rel: "noreferrer" }, plain(label ?? target));
  return plain(label ?? target);
}

export function richText(block) {
  const leaf = (element) => {
    if (element.elements) return make("span", {}, element.elements.map(leaf));
    const text = element.text ?? element.url ?? element.name ?? element.user_id ?? "";
    return element.style?.bold ? make("strong", {}, text) : text;
  };
  return block.elements.map((part) => make("div", { class: "block" }, part.elements.map(leaf)));
}
