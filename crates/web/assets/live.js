// Keeps the page as the server sees it: `data-live="/url"` names a stream of server-sent events.
//
// Events: `patch` (one or more elements, each put in the place of the one with its id; an element with
// `data-append="id"` adds its children there), `gone` (an id), `beat` (nothing new), `reload`.
// A hidden tab closes its stream, since a browser has only six connections to a host, and resumes with the id of the
// last event it saw: in the header when the browser reconnects, as `?last_event_id=` when this script does.

import { patch } from "./patch.js";

const STALE_MS = 30_000;
const RETRY_MS = [1_000, 2_000, 4_000, 8_000, 15_000];

const main = document.querySelector("[data-live]");
const sign = document.getElementById("live");
let source = null;
let last = main?.dataset.liveFrom ?? "";
let seen = Date.now();
let failures = 0;
let timer = 0;

function address() {
  const url = new URL(main.dataset.live, location.href);
  if (last) url.searchParams.set("last_event_id", last);
  return url;
}

function open() {
  close();
  source = new EventSource(address());
  source.addEventListener("open", () => { failures = 0; heard(); });
  source.addEventListener("error", again);
  on("patch", (data) => patch(data, { mark: true, calm: true }));
  on("gone", (data) => document.getElementById(data)?.remove());
  on("beat", () => {});
  on("reload", () => location.reload());
}

function on(name, act) {
  source.addEventListener(name, (event) => {
    if (!follows()) return;
    if (event.lastEventId) last = event.lastEventId;
    heard();
    act(event.data);
    document.dispatchEvent(new CustomEvent("golive:patched"));
  });
}

/** An answer that only this reader has asked for came into the page: it stands still, or the stream would take it away. */
function follows() {
  if (main.dataset.live) return true;
  close();
  return false;
}

function close() {
  clearTimeout(timer);
  source?.close();
  source = null;
}

/** The browser gives up on some answers (a restart behind a proxy); we do not. */
function again() {
  if (source?.readyState !== EventSource.CLOSED) return;
  close();
  const wait = RETRY_MS[Math.min(failures, RETRY_MS.length - 1)];
  failures += 1;
  if (!document.hidden) timer = setTimeout(open, wait);
}

function heard() {
  seen = Date.now();
  show();
}

function show() {
  if (!sign) return;
  const age = Date.now() - seen;
  const stale = age > STALE_MS;
  const seconds = Math.round(age / 1000);
  const text = stale ? `Not live for ${seconds} s, may be old` : seconds < 3 ? "Live" : `Live, ${seconds} s ago`;
  const label = sign.querySelector("span");
  if (label.textContent !== text) label.textContent = text;
  if (stale) sign.dataset.s = "stale";
  else delete sign.dataset.s;
}

if (main) {
  open();
  setInterval(() => {
    if (document.hidden) return;
    if (follows() && !source && failures === 0) open();
    show();
  }, 1_000);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) close();
    else if (follows()) open();
  });
  // A page taken out of the browser's cache has no stream any more.
  addEventListener("pageshow", (event) => { if (event.persisted) open(); });
  addEventListener("pagehide", close);
}
