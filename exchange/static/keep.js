/* A form that is half written outlives a change of the page's language: what was typed waits in this tab for the
   page to come back in the other one, and is forgotten then. Without a script the change begins it anew. */
"use strict";

(() => {
  const MINUTE = 60000;
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

  let kept = null;
  try {
    kept = JSON.parse(sessionStorage.getItem("typed"));
    sessionStorage.removeItem("typed");
  } catch {
    return;
  }
  if (!kept || kept.path !== location.pathname || Date.now() - kept.at > MINUTE) return;
  forms().forEach((form, at) => {
    const told = kept.told[at] || [];
    const changed = fields(form).map((one, n) => [one, told[n]]).filter(
      ([one, was]) => was && was[0] === one.name && was[1] !== (choice(one) ? one.checked : one.value),
    );
    if (changed.every(([one]) => tongue(one))) return;
    for (const [one, was] of changed) {
      if (choice(one)) one.checked = was[1];
      else one.value = was[1];
      for (let fold = one.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    }
  });
})();
