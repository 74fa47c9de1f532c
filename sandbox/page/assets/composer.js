// Typing: Enter sends, Shift+Enter begins a new line, and a command is completed from its list of words.

import { notify } from "./notices.js";
import { refresh, scrollToEnd } from "./screen.js";
import { act } from "./talk.js";

const drafts = new Map();
const sent = [];
let words = [];

export const onSent = (listener) => sent.push(listener);
export const knowWords = (known) => { words = known; };

export function typed(field) {
  grow(field);
  drafts.set(field.id, field.value);
  suggest(field);
}

export function restoreDrafts() {
  for (const field of document.querySelectorAll("[data-say] textarea")) {
    const draft = drafts.get(field.id);
    if (draft && !field.value) field.value = draft;
    grow(field);
  }
}

export function write(text) {
  const field = document.querySelector("#composer textarea");
  if (!field) return;
  field.value = text;
  field.focus();
  typed(field);
}

function grow(field) {
  field.rows = Math.min(8, Math.max(1, field.value.split("\n").length));
}

export async function send(form) {
  const field = form.elements.text;
  const text = field.value.trim();
  if (!text) return;
  field.value = "";
  typed(field);
  const { channel, thread } = form.dataset;
  const outcome = await act("say", { channel, text, thread_ts: thread ?? null });
  if (!outcome.ok) notify(outcome, text.split(" ", 1)[0]);
  sent.forEach((listener) => listener(text));
  await refresh();
  if (!thread) scrollToEnd();
}

// The list of commands. Nothing in it is chosen before an arrow key or Tab, so that Enter sends what is typed.

const listOf = (field) => field.form.querySelector("[role=listbox]");

function suggest(field) {
  const list = listOf(field);
  const found = suggestions(field.form.dataset.command, field.value);
  list.replaceChildren(...found.map((one, index) => option(field, one, index)));
  list.hidden = !found.length;
  field.removeAttribute("aria-activedescendant");
}

function suggestions(command, text) {
  if (!command || !text.startsWith("/") || text.includes("\n")) return [];
  const all = words.map((one) => ({ text: `${command} ${one.word}`, usage: `${command} ${one.usage}`, does: one.does }));
  const offered = all.length ? all : [{ text: command, usage: command, does: "" }];
  return offered.filter((one) => one.text.startsWith(text) && one.text !== text.trimEnd());
}

function option(field, one, index) {
  const item = document.createElement("li");
  item.setAttribute("role", "option");
  item.id = `${field.id}-word-${index}`;
  item.dataset.text = one.text;
  const usage = document.createElement("strong");
  usage.textContent = one.usage;
  item.append(usage, ` ${one.does}`);
  item.addEventListener("mousedown", (event) => { event.preventDefault(); take(field, item); });
  return item;
}

function take(field, item) {
  field.value = `${item.dataset.text} `;
  typed(field);
  listOf(field).hidden = true;
}

function choose(field, step) {
  const options = [...listOf(field).children];
  const at = options.findIndex((one) => one.getAttribute("aria-selected") === "true");
  const next = options[(at + step + options.length + (at < 0 && step < 0 ? 1 : 0)) % options.length];
  options.forEach((one) => one.setAttribute("aria-selected", String(one === next)));
  field.setAttribute("aria-activedescendant", next.id);
}

// Whether the key was for the composer.
export function pressed(field, event) {
  const list = listOf(field);
  const chosen = list.querySelector("[aria-selected=true]");
  const isOpen = !list.hidden;
  if (isOpen && (event.key === "ArrowDown" || event.key === "ArrowUp")) choose(field, event.key === "ArrowDown" ? 1 : -1);
  else if (isOpen && event.key === "Tab" && !event.shiftKey) take(field, chosen ?? list.firstElementChild);
  else if (isOpen && event.key === "Escape") list.hidden = true;
  else if (isOpen && event.key === "Enter" && chosen) take(field, chosen);
  else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) field.form.requestSubmit();
  else return false;
  return true;
}
