// Countdowns, copy buttons, and times told in the reader's own zone. All pages work without it.
"use strict";
(() => {
  const skew = () => {
    const said = document.querySelector('meta[name="now"]');
    return said ? Date.parse(said.content) - loadedAt : 0;
  };
  const loadedAt = Date.now();
  const units = [["d", 86400], ["h", 3600], ["m", 60], ["s", 1]];

  function inWords(seconds) {
    if (seconds <= 0) return "0s";
    const parts = [];
    for (const [unit, size] of units) {
      const count = Math.floor(seconds / size);
      seconds -= count * size;
      if (count) parts.push(`${count}${unit}`);
      if (parts.length === 2) break;
    }
    return parts.join("");
  }

  function tick() {
    const now = Date.now() + skew();
    for (const one of document.querySelectorAll("[data-countdown]")) {
      const left = Math.ceil((Date.parse(one.dateTime) - now) / 1000);
      const text = inWords(left);
      if (one.textContent !== text) one.textContent = text;
      one.classList.toggle("nearly", left > 0 && left <= 120);
      if (left <= 0 && !one.dataset.over) {
        one.dataset.over = "yes";
        document.body.dispatchEvent(new Event("liftgate:over"));
      }
    }
  }

  function dress(root) {
    for (const button of root.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard;
    for (const one of root.querySelectorAll("time:not([data-countdown])")) {
      const at = new Date(one.dateTime);
      if (!Number.isNaN(at.getTime())) one.title = `${one.title.split(" · ")[0]} · here ${at.toLocaleString()}`;
    }
    tick();
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    const said = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = said; }, 1500);
  });

  // What somebody opened to read stays open when the page brings itself up to date.
  let opened = [];
  function placeOf(details) {
    const within = details.closest("[id]");
    return `${within?.id} ${[...(within ?? document).querySelectorAll("details")].indexOf(details)}`;
  }

  document.addEventListener("htmx:afterSwap", (event) => {
    for (const one of document.querySelectorAll("#live details")) {
      if (opened.includes(placeOf(one))) one.open = true;
    }
    opened = [];
    dress(event.target);
  });
  // A page that somebody is typing into is left alone until they are done.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const at = document.activeElement;
    const busy = at && event.target.contains(at) && at.matches("input:not([type=hidden]), textarea, select");
    if (event.detail.requestConfig?.headers?.["Liftgate-Live"] && (busy || event.target.querySelector("dialog[open], details.form[open]"))) {
      event.detail.shouldSwap = false;
    } else {
      opened = [...event.target.querySelectorAll("details[open]")].map(placeOf);
    }
  });
  document.addEventListener("DOMContentLoaded", () => {
    dress(document);
    document.getElementById("fault")?.focus();
    setInterval(tick, 1000);
  });
})();
