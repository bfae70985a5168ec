"use strict";
(() => {
  const live = document.getElementById("live");
  const state = document.getElementById("state");
  const say = (text) => { if (state.textContent !== text) { state.textContent = text; state.dataset.is = text; } };
  const newest = () => Number(live.querySelector("[data-number]")?.dataset.number ?? 0);

  function show(html) {
    const before = newest();
    const open = [...live.querySelectorAll("details[open]")].map((details) => details.id);
    const focused = live.contains(document.activeElement) ? document.activeElement.id : "";
    live.innerHTML = html;
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    for (const row of live.querySelectorAll("[data-number]")) {
      if (Number(row.dataset.number) > before) row.classList.add("new");
    }
  }

  async function update() {
    const selected = String(getSelection());
    if (!document.hidden && !selected) {
      const query = new URLSearchParams(location.search);
      query.set("seen", live.querySelector("[data-version]").dataset.version);
      try {
        const answer = await fetch(`/live?${query}`, { cache: "no-store" });
        if (answer.status === 200) show(await answer.text());
        say(answer.ok ? "live" : "not answering");
      } catch {
        say("proxy stopped");
      }
    } else if (selected) {
      say("paused: text is selected");
    }
    setTimeout(update, 1000);
  }

  document.body.classList.add("scripted");
  update();
})();
