// Copies the text of `button[data-copy]` and says so for two seconds.

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    say(button, "Copied");
  } catch {
    say(button, "Not copied: select the text instead");
  }
});

function say(button, words) {
  const label = button.getAttribute("aria-label");
  button.setAttribute("aria-label", words);
  button.dataset.copied = "";
  setTimeout(() => {
    button.setAttribute("aria-label", label);
    delete button.dataset.copied;
  }, 2_000);
}
