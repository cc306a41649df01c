// Sends `form[data-fragment]` without leaving the page; guards every form against a second click.
//
// The server answers as it always does. A fragment (`X-Fragment: 1`) is patched in by id; a whole page gives us its
// `main`; a redirect is followed by navigating. A refused form comes back with its errors and keeps what was typed.

import { patch, place } from "./patch.js";
import { toast } from "./toast.js";

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.getAttribute("aria-busy") === "true") {
    event.preventDefault();
    return;
  }
  form.setAttribute("aria-busy", "true");
  if (!form.hasAttribute("data-fragment") || event.submitter?.hasAttribute("formtarget")) {
    // Leaves the page; a return by the back button finds a form that can be sent again.
    addEventListener("pageshow", () => form.removeAttribute("aria-busy"), { once: true });
    return;
  }
  event.preventDefault();
  send(form, event.submitter).finally(() => form.removeAttribute("aria-busy"));
});

async function send(form, submitter) {
  const data = new FormData(form, submitter);
  const isMultipart = form.enctype === "multipart/form-data";
  let answer;
  try {
    answer = await fetch(submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? location.href, {
      method: "POST",
      body: isMultipart ? data : new URLSearchParams(data),
      headers: { Accept: "text/html", "X-Fragment": "1" },
      credentials: "same-origin",
    });
  } catch {
    toast("Not sent: the server cannot be reached. What you typed is kept.", { state: "bad" });
    return;
  }
  await show(form, answer);
}

async function show(form, answer) {
  const text = await answer.text();
  if (answer.headers.get("X-Fragment") === "1") {
    closeDialog(form, answer);
    patch(text, { mark: true });
    const note = answer.headers.get("X-Toast");
    if (note) toast(decodeURIComponent(note));
    focusFirstError();
    return;
  }
  if (answer.redirected && answer.ok) {
    location.assign(answer.url);
    return;
  }
  showPage(text);
}

/** The server answered with a whole page (a problem, or a form with errors): its main part comes into this one. */
export function showPage(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const next = page.getElementById("main");
  if (!next) {
    toast("The server gave an answer that this page cannot show. What you typed is kept.", { state: "bad" });
    return;
  }
  document.querySelectorAll("dialog:popover-open").forEach((d) => d.hidePopover());
  document.title = page.title;
  place(document.adoptNode(next));
  scrollTo(0, 0);
  if (!focusFirstError()) document.getElementById("main").focus();
}

function closeDialog(form, answer) {
  const dialog = form.closest("dialog");
  if (!answer.ok || !dialog) return;
  if (dialog.matches(":popover-open")) dialog.hidePopover();
  else dialog.close();
}

function focusFirstError() {
  const field = document.querySelector("[aria-invalid='true']");
  field?.focus();
  return Boolean(field);
}
