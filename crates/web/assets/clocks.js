// Ticks between events: `[data-count-to]` counts down to a moment, `[data-count-from]` up from one.
// Times are the server's business clock: `data-now` on the html element says how far it is from this machine's.

const root = document.documentElement;
const offset = root.dataset.now ? Date.parse(root.dataset.now) - Date.now() : 0;
const rate = Number(root.dataset.rate ?? 1);
const started = Date.now();

function now() {
  return Date.now() + offset + (rate - 1) * (Date.now() - started);
}

function clock(ms) {
  const seconds = Math.floor(Math.abs(ms) / 1000);
  const pad = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const tail = `${pad(seconds % 60)}`;
  const text = hours ? `${hours}:${pad(Math.floor(seconds / 60) % 60)}:${tail}` : `${Math.floor(seconds / 60)}:${tail}`;
  return ms < 0 ? `−${text}` : text;
}

function tick() {
  if (document.hidden) return;
  for (const element of document.querySelectorAll("[data-count-to]")) {
    element.textContent = clock(Date.parse(element.dataset.countTo) - now());
  }
  for (const element of document.querySelectorAll("[data-count-from]")) {
    element.textContent = clock(now() - Date.parse(element.dataset.countFrom));
  }
}

if (document.querySelector("[data-count-to], [data-count-from]")) {
  tick();
  setInterval(tick, 1_000);
}
