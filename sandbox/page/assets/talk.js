// Everything that goes over the wire, always as the person whom the page shows, and to nowhere but here.

export const person = document.body.dataset.as;
export const isBare = "bare" in document.body.dataset;

const own = (path) => `/_people/${encodeURIComponent(person)}/${path}`;

export async function act(name, body) {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(own(name), { method: "POST", headers, body: JSON.stringify(body) });
  return answer.json();
}

export async function fragment(path, query = "") {
  const answer = await fetch(`${own(path)}${query}`);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return new DOMParser().parseFromString(await answer.text(), "text/html").body;
}

export async function json(path, body) {
  const options = body ? { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) } : {};
  const answer = await fetch(path, options);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

export async function changesAfter(seq, signal) {
  const answer = await fetch(`/_sandbox/changes?since=${seq}&timeout=25`, { signal });
  return (await answer.json()).seq;
}
