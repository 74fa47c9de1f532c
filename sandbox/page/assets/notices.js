// What Slack tells a person when an app does not answer: a notice that only they see, or a line in the modal.

const NAMES = {
  operation_timeout: "the app did not answer within three seconds, so nobody knows whether it took notice",
  dispatch_failed: "the app could not be reached",
};
const SENTENCES = {
  invalid_command: "That is not a command here. In Slack, what begins with “/” is a command.",
  not_supported_in_threads: "Commands are not supported in threads.",
  is_archived: "This channel is archived.",
};
const IN_MODAL = "We had some trouble connecting. Try again?";

export function notify(outcome, what, view) {
  if (outcome.error === "incomplete") return;
  const modal = document.querySelector("#modal [data-notice]");
  if (view && modal) modal.textContent = `${IN_MODAL} (${outcome.error})`;
  else show(sentence(outcome, what));
}

function sentence({ error, detail }, what) {
  if (SENTENCES[error]) return SENTENCES[error];
  if (NAMES[error]) return `${what} failed with the error “${error}”: ${NAMES[error]}.`;
  return `${what} failed with the error “${error}”${typeof detail === "string" ? ` (${detail})` : ""}.`;
}

function show(words) {
  const list = document.getElementById("notices");
  if (!list) return;
  const notice = document.getElementById("notice").content.cloneNode(true);
  notice.querySelector("[data-words]").textContent = words;
  list.append(notice);
  document.getElementById("announcer").textContent = words;
  list.lastElementChild.scrollIntoView({ block: "end" });
}

export function clearNotices() {
  document.getElementById("notices")?.replaceChildren();
  const modal = document.querySelector("#modal [data-notice]");
  if (modal) modal.textContent = "";
}
