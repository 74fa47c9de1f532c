// The page comes alive: one place where what a person does is turned into acts.

import { choose, click, surfaceOf } from "./clicks.js";
import { pressed, restoreDrafts, send, typed } from "./composer.js";
import { close, showModal, submit } from "./modal.js";
import { clearNotices } from "./notices.js";
import { follow, go, messages, onDrawn, refresh, settle } from "./screen.js";
import { act, fragment, isBare, person } from "./talk.js";
import { startTour } from "./tour.js";

const LEFT = "sandbox-last-inside";

document.documentElement.classList.add("live");

const CLICKS = {
  "[data-click]": (element) => click(element),
  "[data-close]": close,
  "[data-dismiss]": (element) => dismiss(element),
  "[data-unnotice]": (element) => element.closest("li").remove(),
  "[data-react]": (element) => react(element),
  "[data-menu]": (element) => toggleMenu(element),
};

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-go]");
  if (link && !event.metaKey && !event.ctrlKey && !event.shiftKey) {
    event.preventDefault();
    follows(link);
    return;
  }
  for (const [selector, run] of Object.entries(CLICKS)) {
    const element = event.target.closest(selector);
    if (element) run(element);
  }
  closeMenus(event.target);
});

async function follows(link) {
  const isHome = "home" in link.dataset;
  const closesPanel = "closePanel" in link.dataset;
  clearNotices();
  showPlaces(false);
  if (isHome) await act("open_home", {});
  await go(link.getAttribute("href"));
  const panel = document.querySelector("#panel textarea") ?? document.querySelector("#panel .panel-head a");
  if (panel && !closesPanel) panel.focus();
  else document.querySelector("#composer textarea")?.focus({ preventScroll: true });
}

async function dismiss(element) {
  const { channel, ts } = element.closest("[data-surface]").dataset;
  await act("dismiss", { channel, ts });
  await refresh();
  messages().focus();
}

async function react(element) {
  const { channel, message_ts: ts } = surfaceOf(element);
  const bar = element.closest("[data-surface]").querySelector(`.reactions [data-react="${element.dataset.react}"]`);
  await act("react", { channel, ts, name: element.dataset.react, remove: Boolean(bar && "mine" in bar.dataset) });
  element.closest("details")?.removeAttribute("open");
  await refresh();
}

function closeMenus(target) {
  for (const menu of document.querySelectorAll(".tool-menu[open], .members[open]")) {
    if (!menu.contains(target)) menu.removeAttribute("open");
  }
}

// On a narrow screen people and channels are behind a button.

function toggleMenu() {
  showPlaces(!document.body.classList.contains("places-open"));
}

function showPlaces(isShown) {
  document.body.classList.toggle("places-open", isShown);
  document.querySelector("[data-menu]")?.setAttribute("aria-expanded", String(isShown));
  if (isShown) document.querySelector("#places a[aria-current]")?.focus();
}

document.addEventListener("submit", (event) => {
  if (event.target.method === "dialog") return;
  event.preventDefault();
  if ("say" in event.target.dataset) send(event.target);
  else if ("submit" in event.target.dataset) submit(event.target);
});

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-say] textarea")) typed(event.target);
});

document.addEventListener("change", (event) => {
  const element = event.target.closest("[data-choose]");
  if (element) choose(element);
});

document.addEventListener("keydown", (event) => {
  if (event.target.matches("[data-say] textarea") && pressed(event.target, event)) event.preventDefault();
  else if (event.key === "Escape") escape(event);
  else if (event.key === "ArrowDown" || event.key === "ArrowUp") moveInList(event);
});

// A modal asks the server, so that the app may hear of it (notify_on_close).
document.addEventListener("cancel", (event) => {
  if (event.target.id !== "modal") return;
  event.preventDefault();
  close();
}, true);

function escape(event) {
  if (document.querySelector("dialog[open]")) return;
  const menu = event.target.closest("details[open]");
  const panel = document.querySelector("[data-close-panel]");
  if (menu) {
    menu.removeAttribute("open");
    menu.querySelector("summary").focus();
  } else if (document.body.classList.contains("places-open")) {
    showPlaces(false);
    document.querySelector("[data-menu]").focus();
  } else if (panel) {
    panel.click();
  }
}

function moveInList(event) {
  const list = event.target.closest("[data-arrows]");
  if (!list) return;
  const links = [...list.querySelectorAll("a")];
  const step = event.key === "ArrowDown" ? 1 : -1;
  links[links.indexOf(event.target) + step]?.focus();
  event.preventDefault();
}

window.addEventListener("popstate", refresh);
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") refresh(); });

// From the customer's view one comes back to whom one was before; the customer's page itself names nobody.

if (!isBare) {
  sessionStorage.setItem(LEFT, person);
} else {
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-leave]") || !sessionStorage.getItem(LEFT)) return;
    event.preventDefault();
    location.assign(`/?as=${encodeURIComponent(sessionStorage.getItem(LEFT))}`);
  });
}

// The strip asks for traffic only while it is open.

const strip = document.querySelector("#traffic details");
async function drawTraffic() {
  if (!strip?.open) return;
  const rows = await fragment("traffic");
  document.getElementById("passages").replaceChildren(...rows.childNodes);
}
strip?.addEventListener("toggle", drawTraffic);

onDrawn(showModal);
onDrawn(drawTraffic);
onDrawn(restoreDrafts);
settle(null, true, new Set());
startTour();
follow();
