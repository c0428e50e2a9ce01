/** Say something to those who listen to the page. The regions are in base.html, so that readers know them beforehand. */

/** `urgent` interrupts: only for what is lost if not heard now. */
export function announce(text: string, urgent = false): void {
  const region = document.getElementById(urgent ? "announce-now" : "announce");
  if (!region) return;
  // The same text twice in a row is news too: readers speak of changes only.
  region.textContent = "";
  setTimeout(() => {
    region.textContent = text;
  }, 60);
}
