/** Puts a button after every element with data-copy: it copies the element's text. */
for (const source of document.querySelectorAll<HTMLElement>("[data-copy]")) {
  const { copy = "", copied = "" } = source.dataset;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = copy;
  const status = document.createElement("span");
  status.role = "status";
  button.onclick = async () => {
    try {
      await navigator.clipboard.writeText(source.textContent ?? "");
      status.textContent = copied;
    } catch {
      // No clipboard (plain HTTP, or refused): leave the text selected for the keyboard.
      getSelection()?.selectAllChildren(source);
    }
  };
  source.after(button, status);
}
