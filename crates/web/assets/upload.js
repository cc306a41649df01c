// Shows how far a file has come: `form[data-upload]` with a `<progress>` and a line for words.
// Also takes files that are dropped on the field. Without this script the browser sends the form as any other.

import { showPage } from "./forms.js";
import { patch } from "./patch.js";

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-upload]");
  if (!form || event.defaultPrevented) return;
  event.preventDefault();
  upload(form, event.submitter);
});

function upload(form, submitter) {
  const bar = form.querySelector("progress");
  const words = form.querySelector("[data-words]");
  const call = new XMLHttpRequest();
  call.open("POST", form.getAttribute("action"));
  call.setRequestHeader("X-Fragment", "1");
  call.setRequestHeader("Accept", "text/html");
  call.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    bar.hidden = false;
    bar.max = event.total;
    bar.value = event.loaded;
    words.textContent = `${mib(event.loaded)} of ${mib(event.total)} sent`;
  });
  call.upload.addEventListener("load", () => { words.textContent = "Sent. The server reads it."; });
  call.addEventListener("load", () => done(form, call));
  call.addEventListener("error", () => failed(form, "Not sent: the connection broke. Choose the file again or retry."));
  call.send(new FormData(form, submitter));
}

function done(form, call) {
  form.removeAttribute("aria-busy");
  if (call.getResponseHeader("X-Fragment") === "1") {
    patch(call.responseText, { mark: true });
    return;
  }
  // A preview or a refusal has no address of its own to go to: it is in this answer.
  const sent = new URL(form.getAttribute("action"), location.href).href;
  const isElsewhere = call.status < 400 && call.responseURL !== sent;
  if (isElsewhere) location.assign(call.responseURL);
  else showPage(call.responseText);
}

function failed(form, text) {
  form.removeAttribute("aria-busy");
  form.querySelector("progress").hidden = true;
  form.querySelector("[data-words]").textContent = text;
}

function mib(bytes) {
  return bytes < 1 << 20 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / (1 << 20)).toFixed(1)} MiB`;
}

for (const [name, over] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
  document.addEventListener(name, (event) => {
    const drop = event.target.closest?.(".drop");
    const input = drop?.querySelector("input[type='file']");
    if (!input) return;
    event.preventDefault();
    drop.toggleAttribute("data-over", over);
    if (name === "drop" && event.dataTransfer.files.length) input.files = event.dataTransfer.files;
  });
}
