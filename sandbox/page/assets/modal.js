// The modal in front of the person: shown as a real dialog, submitted with what is entered in it.

import { waiting } from "./clicks.js";
import { clearNotices, notify } from "./notices.js";
import { refresh } from "./screen.js";
import { act } from "./talk.js";

const modal = () => document.getElementById("modal");
const shown = { view: null };

export function showModal() {
  const dialog = modal();
  const view = dialog?.dataset.view ?? null;
  if (!dialog) return;
  if (!view && dialog.open) dialog.close();
  if (view && !isModal(dialog)) {
    dialog.removeAttribute("open");
    dialog.showModal();
  }
  if (view && view !== shown.view) firstField(dialog).focus();
  shown.view = view;
}

const isModal = (dialog) => dialog.open && dialog.matches(":modal");

const firstField = (dialog) => dialog.querySelector("[autofocus], .dialog-body :is(input, select, textarea, button)")
  ?? dialog.querySelector("#modal-title");

export async function submit(form) {
  const view = form.dataset.view;
  clearNotices();
  const button = form.querySelector(".dialog-foot .primary");
  const outcome = await waiting(button ?? form, () => act("submit", { view_id: view, values: enteredIn(form) }));
  if (!outcome.ok) notify(outcome, "The form", view);
  await refresh();
  const wrong = modal()?.querySelector(".input:has(.error)");
  wrong?.querySelector("input, select, textarea").focus();
  wrong?.scrollIntoView({ block: "center" });
}

export async function close() {
  const view = modal()?.dataset.view;
  if (view) await act("close", { view_id: view });
  await refresh();
}

function enteredIn(form) {
  const values = {};
  for (const field of form.querySelectorAll("[data-field]")) {
    const isBox = field.type === "checkbox" || field.type === "radio";
    if ("many" in field.dataset) values[field.name] ??= [];
    if (!isBox) values[field.name] = field.value || null;
    else if (field.checked && "many" in field.dataset) values[field.name].push(field.value);
    else if (field.checked) values[field.name] = field.value;
  }
  return values;
}
