// Clicks on what apps have put into messages and views, with the question that may come first.

import { notify } from "./notices.js";
import { refresh } from "./screen.js";
import { act } from "./talk.js";

const dialog = document.getElementById("confirm");

export function surfaceOf(element) {
  const { channel, ts, view } = element.closest("[data-surface]").dataset;
  return view ? { view_id: view } : { channel, message_ts: ts };
}

// What is clicked on is read first: while the question is open, the message may be drawn anew without the button.
export async function click(element, selected) {
  const { action, block, url } = element.dataset;
  const body = { ...surfaceOf(element), action_id: action, block_id: block, selected, confirmed: true };
  const asked = element.dataset.confirm && document.getElementById(element.dataset.confirm);
  if (asked && !(await confirmed(asked))) {
    if (element.nodeName === "SELECT") element.value = "";
    return;
  }
  if (url) window.open(url, "_blank", "noopener,noreferrer");
  const outcome = await waiting(element, () => act("click", body));
  if (!outcome.ok) notify(outcome, `The click on “${labelOf(element)}”`, body.view_id);
  await refresh();
}

const labelOf = (element) => element.textContent.trim() || element.getAttribute("aria-label") || "it";

export async function waiting(element, work) {
  if (element.getAttribute("aria-busy") === "true") return { ok: true };
  element.setAttribute("aria-busy", "true");
  try {
    return await work();
  } catch {
    return { ok: false, error: "dispatch_failed" };
  } finally {
    element.removeAttribute("aria-busy");
  }
}

export const confirmed = (template) => new Promise((resolve) => {
  dialog.replaceChildren(template.content.cloneNode(true));
  dialog.returnValue = "no";
  dialog.onclose = () => resolve(dialog.returnValue === "yes");
  dialog.showModal();
});

// What is chosen in a menu or group outside a form is sent at once.
export function choose(element) {
  if (element.nodeName === "SELECT" || element.nodeName === "INPUT") {
    return element.value ? click(element, element.value) : null;
  }
  const chosen = [...element.querySelectorAll("input:checked")].map((input) => input.value);
  return click(element, element.querySelector("[type=radio]") ? chosen[0] : chosen);
}
