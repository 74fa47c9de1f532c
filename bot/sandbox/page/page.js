// The page: one person's Slack client, small and plain. Everything shown comes from /_people/{user}/view.

import { drawBlocks, drawField, enteredIn } from "./blocks.js";
import { make, mrkdwn, plain } from "./text.js";

const at = (id) => document.getElementById(id);
const state = { user: null, channel: null, view: null, drawnModal: null, calls: 0 };

const ERRORS = {
  operation_timeout: "The app did not answer in time (operation_timeout).",
  dispatch_failed: "The app could not be reached (dispatch_failed).",
  invalid_command: "That is not a valid command here.",
  not_supported_in_threads: "Commands do not work in threads.",
};

async function fetchJson(path, body) {
  const options = body ? { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) } : {};
  const answer = await fetch(path, options);
  return answer.json();
}

async function act(name, body) {
  say("");
  const outcome = await fetchJson(`/_people/${state.user}/${name}`, body);
  if (outcome.error && outcome.error !== "confirmation_needed" && !outcome.errors) {
    say(ERRORS[outcome.error] ?? outcome.detail ?? outcome.error);
  }
  await refresh();
  return outcome;
}

const say = (text) => { at("status").textContent = text; };

async function click(where, element, block, selected) {
  const body = { ...where, action_id: element.action_id, block_id: block.block_id, selected };
  const outcome = await act("click", body);
  if (outcome.error === "confirmation_needed" && await confirmed(outcome.confirm)) {
    await act("click", { ...body, confirmed: true });
  }
}

function confirmed(asked) {
  const dialog = at("confirm");
  return new Promise((resolve) => {
    const close = (answer) => () => { dialog.close(); resolve(answer); };
    dialog.replaceChildren(
      make("h2", { id: "confirm-title" }, plain(asked.title.text)),
      make("p", {}, mrkdwn(asked.text.text)),
      make("div", { class: "actions" },
        make("button", { type: "button", class: asked.style ?? "primary", onclick: close(true) }, plain(asked.confirm.text)),
        make("button", { type: "button", onclick: close(false) }, plain(asked.deny.text))));
    dialog.oncancel = close(false);
    dialog.showModal();
  });
}

async function refresh() {
  state.view = await fetchJson(`/_people/${state.user}/view`);
  const channels = state.view.channels;
  if (!channels.some((channel) => channel.id === state.channel)) state.channel = channels[0]?.id ?? null;
  drawChannels(channels);
  drawChannel(channels.find((channel) => channel.id === state.channel));
  drawHome(state.view.home);
  drawModal(state.view.modals.at(-1));
  await drawCalls();
}

function drawChannels(channels) {
  at("channels").replaceChildren(...channels.map((channel) => make("li", {}, make("button", {
    type: "button", "aria-current": channel.id === state.channel ? "true" : null, "data-channel": channel.id,
    onclick: () => { state.channel = channel.id; refresh(); },
  }, label(channel)))));
}

function label(channel) {
  const kind = channel.is_ext_shared ? " (shared)" : channel.is_private ? " (private)" : "";
  return `${channel.is_im ? "" : "# "}${channel.name}${kind}`;
}

function drawChannel(channel) {
  at("composer").hidden = !channel || channel.is_archived;
  if (!channel) return at("messages").replaceChildren();
  at("channel-name").textContent = label(channel);
  at("channel-topic").textContent = channel.topic;
  at("text").placeholder = state.view.command ? `Message, or ${state.view.command} help` : "Message";
  const shown = [...channel.messages, ...channel.ephemerals].sort((a, b) => a.ts - b.ts);
  at("messages").replaceChildren(...shown.map((message) => drawMessage(message, channel)));
}

function drawMessage(message, channel) {
  const where = { channel: channel.id, message_ts: message.ts };
  const time = new Date(message.ts * 1000).toISOString().slice(11, 16);
  const notes = [message.is_ephemeral && "only visible to you", message.edited && "edited"].filter(Boolean).join(" · ");
  return make("li", { class: message.is_ephemeral ? "ephemeral" : null, "data-ts": message.ts },
    make("p", { class: "meta" }, make("strong", {}, message.username), ` ${time} UTC`, notes ? ` · ${notes}` : ""),
    message.blocks?.length ? drawBlocks(message.blocks, (...clicked) => click(where, ...clicked)) : make("div", { class: "block" }, mrkdwn(message.text)),
    message.reactions?.length ? make("p", { class: "meta" }, message.reactions.map((one) => `:${one.name}: ${one.count} `)) : null,
    message.replies?.length ? make("ol", { class: "replies" }, message.replies.map((reply) => drawMessage(reply, channel))) : null);
}

function drawHome(home) {
  at("home").hidden = !home;
  if (home) at("home").replaceChildren(make("h2", {}, "Home"), ...drawBlocks(home.blocks, (...clicked) => click({ view_id: home.id }, ...clicked)));
}

function drawModal(view) {
  const dialog = at("modal");
  const drawn = view ? JSON.stringify([view.id, view.hash, view.errors]) : null;
  if (drawn === state.drawnModal) return;
  state.drawnModal = drawn;
  if (!view) return dialog.close();
  const form = dialog.querySelector("form");
  const typed = form?.dataset.view === view.id ? enteredIn(form, view.blocks) : {};
  dialog.replaceChildren(modalForm(view));
  for (const [name, value] of Object.entries(typed)) {
    const field = dialog.querySelector("form").elements[name];
    if (value && field && "value" in field) field.value = value;
  }
  dialog.oncancel = (event) => { event.preventDefault(); act("close", { view_id: view.id }); };
  if (!dialog.open) dialog.showModal();
}

function modalForm(view) {
  const where = { view_id: view.id };
  const submit = async (event) => {
    event.preventDefault();
    await act("submit", { ...where, values: enteredIn(event.target, view.blocks) });
  };
  return make("form", { onsubmit: submit, "data-view": view.id },
    make("h2", { id: "modal-title" }, plain(view.title.text)),
    view.blocks.map((block) => block.type === "input"
      ? drawField(block, view.values[block.block_id]?.[block.element.action_id], view.errors[block.block_id])
      : drawBlocks([block], (...clicked) => click(where, ...clicked))),
    make("div", { class: "actions" },
      view.submit ? make("button", { class: "primary" }, plain(view.submit.text)) : null,
      make("button", { type: "button", onclick: () => act("close", where) }, plain(view.close?.text ?? "Cancel"))));
}

async function drawCalls() {
  const calls = await fetchJson(`/_sandbox/calls?since=${state.calls}`);
  state.calls += calls.length;
  at("calls").prepend(...calls.reverse().map((call) => make("li", {},
    `${call.method} → ${call.response.ok ? "ok" : call.response.error}${call.fault ? ` [${call.fault}]` : ""}`)));
}

async function follow() {
  for (;;) {
    const { seq } = await fetchJson(`/_sandbox/changes?since=${state.view.seq}&timeout=25`);
    if (seq > state.view.seq) await refresh();
  }
}

async function start() {
  const people = await fetchJson("/_people");
  at("person").replaceChildren(...people.map((person) => make("option", { value: person.id },
    `${person.real_name}${person.title ? `, ${person.title}` : ""}${person.is_outsider ? " (outside)" : ""}`)));
  state.user = new URLSearchParams(location.search).get("as") ?? people[0].id;
  at("person").value = state.user;
  at("person").onchange = () => { state.user = at("person").value; refresh(); };
  at("open-home").onclick = () => act("open_home", {});
  at("composer").onsubmit = async (event) => {
    event.preventDefault();
    const text = at("text").value.trim();
    at("text").value = "";
    if (text) await act("say", { channel: state.channel, text });
  };
  await refresh();
  await follow();
}

start();
