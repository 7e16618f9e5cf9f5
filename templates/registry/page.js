"use strict";
/* What pages do with a script: copy code, find a module. Without it everything else is there. */
(() => {
  const said = document.getElementById("said");
  const say = (text) => { said.textContent = text; };
  const copied = async (text) => {
    if (navigator.clipboard !== undefined && window.isSecureContext) return navigator.clipboard.writeText(text);
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "away";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    if (!done) throw new Error("not copied");
  };
  for (const box of document.querySelectorAll(".code")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      try {
        await copied(box.querySelector("code").textContent);
        say("Copied.");
        button.textContent = "Copied";
      } catch {
        say("Not copied: select the text instead.");
        button.textContent = "Not copied";
      }
      button.focus();
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
    box.append(button);
  }
  const search = document.getElementById("search");
  if (search !== null) {
    const items = [...document.querySelectorAll(".modules > li")].map((item) => [item, item.textContent.toLowerCase()]);
    document.getElementById("finder").hidden = false;
    const find = () => {
      const words = search.value.toLowerCase().split(/\s+/).filter((word) => word !== "");
      let shown = 0;
      for (const [item, text] of items) {
        item.hidden = !words.every((word) => text.includes(word));
        if (!item.hidden) shown += 1;
      }
      say(words.length === 0 ? "" : shown + " of " + items.length + " modules");
      document.getElementById("none").hidden = shown > 0;
    };
    search.addEventListener("input", find);
    find();
  }
})();
