// A short notice at the foot of the page. Lasting things are banners; this is for what has just happened.

const SHOWN_MS = 10_000;

/** Shows `text`; errors stay until they are dismissed. */
export function toast(text, { state = "" } = {}) {
  const box = document.getElementById("toasts");
  if (!box) return;
  const note = document.createElement("div");
  note.className = "toast";
  note.append(Object.assign(document.createElement("span"), { textContent: text }));
  const close = Object.assign(document.createElement("button"), { type: "button", textContent: "Close" });
  close.addEventListener("click", () => note.remove());
  note.append(close);
  box.append(note);
  if (state !== "bad") setTimeout(() => note.remove(), SHOWN_MS);
}

// A toast that came with the page goes away by itself too, unless the reader is in it.
for (const note of document.querySelectorAll("#toasts .toast")) {
  setTimeout(() => { if (!note.matches(":hover, :focus-within")) note.remove(); }, SHOWN_MS);
}
