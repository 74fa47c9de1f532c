// The part of the page that the server draws: fetched again when something changed, and put in place.

import { morph } from "./morph.js";
import { act, changesAfter, fragment } from "./talk.js";

const PAUSE = 120;
const AWAY = 1000;
const NEAR_THE_END = 80;

const screen = document.getElementById("screen");
const after = [];
const state = { mark: null, channel: null, running: null, next: null };

export const channel = () => document.getElementById("channel");
export const messages = () => document.getElementById("messages");
export const onDrawn = (listener) => after.push(listener);

// At most one drawing at a time; whoever asks meanwhile waits for one that begins later.
export function refresh() {
  if (!state.running) {
    state.running = draw().finally(() => { state.running = null; });
    return state.running;
  }
  state.next ??= state.running.catch(() => null).then(() => {
    state.next = null;
    return refresh();
  });
  return state.next;
}

async function draw() {
  const asked = location.search;
  const query = new URLSearchParams(asked);
  query.delete("as");
  const opened = query.get("channel") ?? state.channel;
  if (opened) query.set("channel", opened);
  if (state.mark && opened === state.channel) query.set("mark", state.mark);
  const fresh = await fragment("screen", `?${query}`);
  if (location.search !== asked) return; // The person went elsewhere meanwhile, which is drawn next.
  const known = new Set([...screen.querySelectorAll("#messages [data-says]")].map((node) => node.id));
  const wasAtEnd = isAtEnd();
  const before = state.channel;
  morph(screen.firstElementChild, fresh.querySelector(".columns"));
  settle(before, wasAtEnd, known);
}

// The address may change while nothing is drawn for it yet; what is shown decides.
export function settle(before, wasAtEnd, known) {
  const shown = channel()?.dataset;
  state.channel = shown?.channel ?? null;
  state.mark = shown?.mark ?? null;
  correctAddress();
  const isNew = before !== state.channel;
  watchScrolling();
  if (isNew && shown?.channel) scrollToStart();
  else if (wasAtEnd) scrollToEnd();
  if (!isNew) announce(known);
  markRead();
  document.title = titleOf();
  after.forEach((listener) => listener(isNew));
}

function correctAddress() {
  const query = new URLSearchParams(location.search);
  if (!state.channel || query.get("channel") === state.channel) return;
  query.set("channel", state.channel);
  history.replaceState(null, "", `${location.pathname}?${query}${location.hash}`);
}

// The list stays at its end while more comes or the room around it changes, unless the person has scrolled away.

const isAtEnd = () => {
  const list = messages();
  return !list || list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_THE_END;
};

let isHeld = false;
const room = new ResizeObserver(() => { if (isHeld) scrollToEnd(); });

function watchScrolling() {
  const list = messages();
  if (!list || "watched" in list) return;
  list.watched = true;
  list.addEventListener("scroll", () => { isHeld = isAtEnd(); }, { passive: true });
  room.disconnect();
  room.observe(list);
}

export function scrollToEnd() {
  isHeld = true;
  if (messages()) messages().scrollTop = messages().scrollHeight;
}

// A channel opens at the message that a link names, else at the first that the person has not read, else at its end.
function scrollToStart() {
  const named = location.hash.startsWith("#m-") ? document.getElementById(location.hash.slice(1)) : null;
  const { mark, newest } = channel().dataset;
  if (named) showNamed(named);
  else if (Number(newest) > Number(mark)) showFirstUnread(Number(mark));
  else scrollToEnd();
}

function showFirstUnread(mark) {
  const all = [...messages().querySelectorAll("[data-ts]")];
  const first = all.find((message) => Number(message.dataset.ts) > mark);
  isHeld = false;
  messages().scrollTop = first.offsetTop - messages().offsetTop - 48;
}

function showNamed(message) {
  isHeld = false;
  message.scrollIntoView({ block: "center" });
  message.dataset.named = "";
  history.replaceState(null, "", location.pathname + location.search);
}

function announce(known) {
  const news = [...screen.querySelectorAll("#messages [data-says]")].filter((node) => !known.has(node.id));
  if (news.length) document.getElementById("announcer").textContent = news.at(-1).dataset.says;
}

function markRead() {
  const shown = channel()?.dataset;
  if (!shown?.channel || document.visibilityState !== "visible" || shown.newest === "0") return;
  if (Number(shown.newest) > Number(shown.read)) {
    act("read", { channel: shown.channel, ts: shown.newest }).catch(() => null);
  }
}

function titleOf() {
  const elsewhere = screen.querySelectorAll(".places .badge").length;
  const where = document.querySelector(".narrow-who")?.textContent ?? "";
  return `${elsewhere ? `(${elsewhere}) ` : ""}${where}`;
}

export async function go(address) {
  history.pushState(null, "", address);
  await refresh();
}

// One request waits for the next change. A page that nobody looks at waits for nothing, so that many tabs may be open.
export async function follow() {
  let seq = Number(screen.firstElementChild.dataset.seq);
  for (;;) {
    await visible();
    try {
      const now = await changesAfter(seq);
      if (now !== seq) await refresh();
      seq = now;
      document.getElementById("lost").hidden = true;
      await sleep(PAUSE);
    } catch {
      document.getElementById("lost").hidden = false;
      await sleep(AWAY);
    }
  }
}

const sleep = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

const visible = () => document.visibilityState === "visible" ? null
  : new Promise((resolve) => { document.addEventListener("visibilitychange", resolve, { once: true }); });
