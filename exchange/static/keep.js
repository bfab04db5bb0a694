/* A form that is half written outlives a change of the page's language: what was typed waits in this tab for the
   page to come back in the other one, and is forgotten then. Where texts are written in several languages, what was
   typed in one waits for it to be chosen again. Without a script the change begins it anew. */
"use strict";

(() => {
  const MINUTE = 60000;
  const HOUR = 60 * MINUTE;
  const switcher = document.querySelector("form.languages");
  if (!switcher || !window.sessionStorage) return;

  function forms() {
    return [...document.querySelectorAll("main form[method=post]")];
  }

  /* The language that a text is in goes with the text, also where the page chooses it. */
  function tongue(one) {
    return /(^|\.)language$/.test(one.name);
  }

  /* What people fill in. A password is typed again, a file chosen again. */
  function fields(form) {
    const others = ["hidden", "password", "file", "submit", "button", "fieldset"];
    return [...form.elements].filter((one) => one.name && (tongue(one) || !others.includes(one.type)));
  }

  function choice(one) {
    return one.type === "radio" || one.type === "checkbox";
  }

  switcher.addEventListener("submit", () => {
    const told = forms().map((form) =>
      fields(form).map((one) => [one.name, choice(one) ? one.checked : one.value]),
    );
    const path = new URL(switcher.elements.next.value, location.href).pathname;
    try {
      sessionStorage.setItem("typed", JSON.stringify({ path, at: Date.now(), told }));
    } catch {
      /* No room, or not allowed: the change goes on as without a script. */
    }
  });

  /* What waited under that name, once. */
  function taken(name) {
    try {
      const kept = JSON.parse(sessionStorage.getItem(name));
      sessionStorage.removeItem(name);
      return kept;
    } catch {
      return null;
    }
  }

  function bring(told) {
    forms().forEach((form, at) => {
      const given = told[at] || [];
      const changed = fields(form).map((one, n) => [one, given[n]]).filter(
        ([one, was]) => was && was[0] === one.name && was[1] !== (choice(one) ? one.checked : one.value),
      );
      if (changed.every(([one]) => tongue(one))) return;
      for (const [one, was] of changed) {
        if (choice(one)) one.checked = was[1];
        else one.value = was[1];
        for (let fold = one.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
      }
    });
  }

  /* What was typed in the language that the page shows the texts in, and no more: others may change the rest. */
  const words = document.querySelector("nav[data-words]");
  if (words) {
    const name = `typed ${location.pathname} ${words.dataset.words}`;
    const refused = document.querySelector(".errors");
    const written = (form) =>
      fields(form).filter((one) => one.id && !tongue(one) && (refused || one.value !== one.defaultValue));
    words.addEventListener("click", (event) => {
      if (!event.target.closest("a")) return;
      const told = forms().flatMap((form) => written(form).map((one) => [one.id, one.value]));
      if (told.length) sessionStorage.setItem(name, JSON.stringify({ at: Date.now(), told }));
    });
    const kept = taken(name);
    for (const [id, value] of kept && Date.now() - kept.at < HOUR ? kept.told : []) {
      const one = document.getElementById(id);
      if (one) one.value = value;
    }
  }

  const kept = taken("typed");
  if (kept && kept.path === location.pathname && Date.now() - kept.at < MINUTE) bring(kept.told);
})();
