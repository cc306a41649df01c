// Puts a fragment in the place of the element with the same id, without losing focus, typing, scroll or open details.
//
// The fragment comes from the same server function as the page, so old and new have the same shape: nodes are kept and
// changed in place, by key (id) where there is one, else by position.

const KEEP = new Set(["INPUT", "TEXTAREA", "SELECT"]);
const MARK_MS = 10_000;

/**
 * Patches every top-level element of `html`; returns the elements that are now in the page.
 * `mark` marks what has changed; `calm` lets a list wait that is pointed at.
 */
export function patch(html, { mark = false, calm = false } = {}) {
  const box = document.createElement("template");
  box.innerHTML = html;
  return [...box.content.children].map((next) => place(next, { mark, calm })).filter(Boolean);
}

/** Patches one element that was parsed elsewhere. */
export function place(next, { mark = false, calm = false } = {}) {
  const target = next.dataset.append && document.getElementById(next.dataset.append);
  if (target) return append(target, next);
  const now = next.id && document.getElementById(next.id);
  if (!now) return null;
  if (calm && isHeld(now)) {
    hold(now, next, mark);
    return now;
  }
  if (mark && now.id !== "main" && !now.isEqualNode(next)) flag(now);
  if (now.nodeName !== next.nodeName) {
    now.replaceWith(next);
    return next;
  }
  morph(now, next);
  return now;
}

/** New lines of a log: it follows the end unless the reader has scrolled up. */
function append(target, next) {
  const scroller = target.closest("[data-follow]") ?? target;
  const follows = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 40;
  for (const line of [...next.children]) {
    if (!line.id || !document.getElementById(line.id)) target.append(line);
  }
  if (follows) scroller.scrollTop = scroller.scrollHeight;
  return target;
}

/** Rows never move under the pointer: a list that is pointed at waits until the pointer has left. */
function isHeld(element) {
  return element.matches("[data-calm]:hover") || Boolean(element.querySelector("[data-calm]:hover"));
}

const waiting = new Map();

function hold(now, next, mark) {
  const first = !waiting.has(now.id);
  waiting.set(now.id, next);
  if (!first) return;
  const calm = now.matches("[data-calm]") ? now : now.querySelector("[data-calm]:hover");
  calm.addEventListener("pointerleave", () => {
    const latest = waiting.get(now.id);
    waiting.delete(now.id);
    place(latest, { mark });
  }, { once: true });
}

function flag(element) {
  element.dataset.changed = "";
  setTimeout(() => element.removeAttribute("data-changed"), MARK_MS);
}

function morph(now, next) {
  if (now.isEqualNode(next)) return;
  attributes(now, next);
  if (KEEP.has(now.nodeName) && isTouched(now)) return;
  if (now.nodeName === "INPUT" || now.nodeName === "TEXTAREA") {
    now.value = next.nodeName === "TEXTAREA" ? next.textContent : next.getAttribute("value") ?? "";
    if (now.nodeName === "INPUT") return;
  }
  children(now, next);
}

/** Typed in, or being typed in: the reader's, not the server's. */
function isTouched(field) {
  if (field === document.activeElement) return true;
  if (field.nodeName === "SELECT") return [...field.options].some((o) => o.selected !== o.defaultSelected);
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  return field.value !== field.defaultValue;
}

function attributes(now, next) {
  const own = new Set(["data-changed", "data-at", "aria-busy"]);
  if (now.nodeName === "DETAILS" || now.nodeName === "DIALOG") own.add("open");
  for (const { name, value } of [...next.attributes]) {
    if (!own.has(name) && now.getAttribute(name) !== value) now.setAttribute(name, value);
  }
  for (const { name } of [...now.attributes]) {
    if (!own.has(name) && !next.hasAttribute(name)) now.removeAttribute(name);
  }
}

function children(now, next) {
  const keyed = new Map([...now.children].filter((c) => c.id).map((c) => [c.id, c]));
  let at = now.firstChild;
  for (const want of [...next.childNodes]) {
    const have = want.id ? keyed.get(want.id) : isAlike(at, want) ? at : null;
    if (!have || have.nodeName !== want.nodeName) {
      now.insertBefore(want, at);
      continue;
    }
    if (have === at) at = at.nextSibling;
    else now.insertBefore(have, at);
    if (have.nodeType === Node.ELEMENT_NODE) morph(have, want);
    else if (have.nodeValue !== want.nodeValue) have.nodeValue = want.nodeValue;
  }
  while (at) {
    const after = at.nextSibling;
    at.remove();
    at = after;
  }
}

function isAlike(node, want) {
  return node && node.nodeType === want.nodeType && node.nodeName === want.nodeName && !node.id;
}
