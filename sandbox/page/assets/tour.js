// The stage of the sample incident and three hints for a first visit; only where somebody serves them.

import { knowWords, onSent, write } from "./composer.js";
import { isBare, json, person } from "./talk.js";
import { onDrawn, refresh } from "./screen.js";

const DONE = "sandbox-hints-done";
const bar = document.getElementById("stage");
let hints = [];

export async function startTour() {
  if (isBare || !bar) return;
  drawStage(await json("/_demo/stage"));
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) moveTo(button.dataset.stage);
  });
  window.addEventListener("focus", async () => drawStage(await json("/_demo/stage")));
  const told = await json("/_demo/hints");
  hints = told.hints;
  knowWords(told.words);
  onDrawn(drawHint);
  onSent(afterSending);
  drawHint();
}

async function moveTo(stage) {
  drawStage(await json("/_demo/advance", stage === undefined ? {} : { stage: Number(stage) }));
  await refresh();
}

function drawStage({ stage, stages }) {
  document.getElementById("stage-title").textContent = `${stages[stage].title}, stage ${stage + 1} of ${stages.length}`;
  document.getElementById("stage-tells").textContent = stages[stage].tells;
  document.getElementById("next-stage").disabled = stage === stages.length - 1;
  document.getElementById("steps").replaceChildren(...stages.map((one, index) => step(one, index, stage)));
  bar.hidden = false;
}

function step(one, index, stage) {
  const button = make("button", `${index + 1}`);
  button.type = "button";
  button.dataset.stage = index;
  button.title = one.title;
  button.setAttribute("aria-label", `Stage ${index + 1}: ${one.title}`);
  if (index === stage) button.setAttribute("aria-current", "step");
  const item = make("li", "");
  item.append(button);
  return item;
}

// Hints. Which were done is kept in this browser; each is shown only to the person it speaks to.

const done = () => Number(localStorage.getItem(DONE) ?? 0);

function finish(count) {
  localStorage.setItem(DONE, String(count));
  drawHint();
}

function drawHint() {
  const place = document.getElementById("hint");
  const number = done();
  const hint = hints[number];
  if (!place) return;
  if (hint?.goes?.person === person) {
    finish(number + 1);
    return;
  }
  const isShown = hint && (!hint.person || hint.person === person);
  if (place.dataset.shown === `${isShown ? number : ""}`) return;
  place.dataset.shown = isShown ? number : "";
  place.replaceChildren(...(isShown ? [hintBox(hint, number)] : []));
}

function hintBox(hint, number) {
  const box = make("section", "");
  box.className = "hint";
  box.setAttribute("aria-label", "Hint");
  const said = make("p", "");
  said.append(make("strong", `${number + 1} of ${hints.length}`), ` ${hint.text}`);
  const answers = make("div", "");
  answers.className = "answers";
  answers.append(...hint.types.map((text) => action(text, "button", () => write(text))));
  if (hint.goes) answers.append(journey(hint, number));
  answers.append(action("Got it", "plain", () => finish(number + 1)));
  answers.append(action("No more hints", "plain", () => finish(hints.length)));
  box.append(said, answers);
  return box;
}

function action(words, style, run) {
  const button = make("button", words);
  button.type = "button";
  button.className = style;
  button.addEventListener("click", run);
  return button;
}

function journey(hint, number) {
  const link = make("a", hint.goes.label);
  link.className = "button";
  link.href = `/?${new URLSearchParams({ as: hint.goes.person, channel: hint.goes.channel })}`;
  link.addEventListener("click", () => localStorage.setItem(DONE, String(number + 1)));
  return link;
}

function afterSending(text) {
  const number = done();
  if (hints[number]?.types.at(-1) === text) finish(number + 1);
}

function make(tag, words) {
  const node = document.createElement(tag);
  node.textContent = words;
  return node;
}
