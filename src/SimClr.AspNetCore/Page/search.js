"use strict";
const byId = id => document.getElementById(id);
const main = byId("search");
const pictures = Number(main.dataset.pictures), megabytes = Number(main.dataset.megabytes);
const uploads = []; // images that were sent, to go back to
let asked = 0, waiting = null, current = null, preview = null;

function fail(words) {
  byId("trouble").textContent = words;
  byId("trouble").hidden = false;
}

function element(kind, className, text) {
  const made = document.createElement(kind);
  if (className) made.className = className;
  // Long names break where their parts end.
  for (const part of text?.split(/(?<=[/_])/) ?? []) made.append(part, document.createElement("wbr"));
  return made;
}

function image(source, alt) {
  const made = element("img");
  made.loading = "lazy";
  made.alt = alt;
  made.addEventListener("load", () => made.classList.toggle("tiny", made.naturalWidth <= 96));
  made.src = source;
  return made;
}

function tile(found) {
  const item = element("li"), button = element("button");
  button.type = "button";
  button.append(image(found.thumbnail, ""));
  const similarity = found.similarity.toFixed(3);
  const line = element("span", "line"), meter = element("span", "meter"), filled = element("span");
  if (found.class !== null) button.append(element("b", "", found.class));
  filled.style.width = `${100 * Math.max(0, found.similarity)}%`;
  meter.append(filled);
  line.append(meter, element("span", "value", similarity));
  button.append(line, element("span", "name", found.picture));
  button.setAttribute("aria-label", `${found.class ? found.class + ", " : ""}similarity ${similarity}, ${found.picture}: search with it`);
  button.addEventListener("click", () => go({ id: found.id }));
  item.append(button);
  return item;
}

function summary(found) {
  if (found.length === 0) return "Nothing was found.";
  const counts = new Map();
  for (const { class: name } of found) if (name !== null) counts.set(name, (counts.get(name) ?? 0) + 1);
  const words = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 4).map(([name, count]) => `${count} ${name}`);
  const rest = counts.size > 4 ? " and others" : "";
  return `${found.length} most alike` + (words.length > 0 ? `: ${words.join(", ")}${rest}.` : ".");
}

function show(request, answer) {
  const shown = byId("shown"), picture = answer.picture;
  if (preview !== null) URL.revokeObjectURL(preview);
  preview = picture ? null : URL.createObjectURL(request.file);
  shown.src = picture ? picture.thumbnail : preview;
  byId("heading").textContent = picture ? (picture.class ?? picture.picture) : request.file.name || "Pasted image";
  byId("about").textContent = summary(answer.found) + (picture && picture.class !== null ? ` Searched with ${picture.picture}.` : "");
  byId("hits").replaceChildren(...answer.found.map(tile));
  byId("start").hidden = true;
  byId("answer").hidden = false;
  if (!request.chosen) return; // the browser scrolls by itself when it goes back
  byId("heading").focus({ preventScroll: true });
  const place = byId("answer").getBoundingClientRect();
  if (place.top < 0 || place.top > innerHeight / 2) byId("answer").scrollIntoView();
}

async function search(request) {
  const mine = ++asked;
  waiting?.abort();
  waiting = new AbortController();
  current = request;
  byId("trouble").hidden = true;
  if (request.file && request.file.size > megabytes * 1e6) {
    fail(`The image is larger than ${megabytes} MB; make it smaller.`);
    return;
  }
  byId("answer").setAttribute("aria-busy", "true");
  try {
    const top = byId("top").value, signal = waiting.signal;
    const response = request.file
      ? await fetch(`/api/search?top=${top}`, { method: "POST", body: request.file, signal,
        headers: { "Content-Type": request.file.type || "application/octet-stream" } })
      : await fetch(`/api/search?picture=${request.id}&top=${top}`, { signal });
    const answer = await response.json();
    if (mine !== asked) return;
    if (response.ok) show(request, answer);
    else fail(answer.detail ?? "The server refused without saying why.");
  } catch (error) {
    if (mine === asked && error.name !== "AbortError")
      fail("The server does not answer; is simclr serve still running?");
  } finally {
    if (mine === asked) byId("answer").setAttribute("aria-busy", "false");
  }
}

/** Searches, and lets the browser's back button come back to it. */
function go(request) {
  if (request.file) history.pushState({ upload: uploads.push(request.file) - 1 }, "", "#your-picture");
  else history.pushState({ id: request.id }, "", `#picture-${request.id}`);
  search({ ...request, chosen: true });
}

/** Shows what the address says. */
function restore(state) {
  const named = /^#picture-(\d{1,9})$/.exec(location.hash);
  if (state && state.upload in uploads) search({ file: uploads[state.upload] });
  else if (named) search({ id: Number(named[1]) });
  else {
    asked++;
    waiting?.abort();
    byId("answer").hidden = true;
    byId("trouble").hidden = true;
    byId("start").hidden = pictures === 0;
  }
}

function take(files) {
  if (files.length === 0) fail("That is no file; drop an image from a folder, or choose one.");
  else go({ file: files[0] });
}

byId("chooser").addEventListener("change", event => {
  if (event.target.files.length > 0) take([...event.target.files]);
  event.target.value = ""; // so that the same can be chosen again
});
addEventListener("dragover", event => { event.preventDefault(); byId("zone").classList.add("over"); });
addEventListener("dragleave", event => { if (event.relatedTarget === null) byId("zone").classList.remove("over"); });
addEventListener("drop", event => {
  event.preventDefault();
  byId("zone").classList.remove("over");
  take([...event.dataTransfer.files]);
});
addEventListener("paste", event => { if (event.clipboardData.files.length > 0) take([...event.clipboardData.files]); });
byId("top").addEventListener("change", () => { if (current !== null) search({ ...current, chosen: false }); });
byId("shown").addEventListener("load", event => event.target.classList.toggle("tiny", event.target.naturalWidth <= 96));
addEventListener("popstate", event => restore(event.state));

const samples = Math.min(12, pictures);
byId("samples").append(...Array.from({ length: samples }, (_, i) => {
  const id = Math.floor((i + 0.5) * pictures / samples);
  const item = element("li"), button = element("button");
  button.type = "button";
  button.append(image(`/api/thumbnails/${id}`, `Image ${id}: search with it`));
  button.addEventListener("click", () => go({ id }));
  item.append(button);
  return item;
}));
restore(history.state);
