/* The search page, at once: every change fetches the same page and shows its results in place; and suggestions. */
"use strict";

(() => {
  const form = document.getElementById("search");
  if (!form || !window.fetch || !window.DOMParser || !window.history.pushState) return;
  const told = document.getElementById("told");
  const field = form.querySelector("[data-suggest]");
  const parts = ["about", "problems", "facets", "results"];
  let asking = null;

  document.documentElement.classList.add("instant");

  /* The address of what the form asks; empty answers are left out, as a person would write it. */
  function address() {
    const given = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (value && !(name === "sort" && value === "relevance")) given.append(name, value);
    }
    const text = given.toString();
    return form.getAttribute("action") + (text ? "?" + text : "");
  }

  function opened() {
    return [...form.querySelectorAll("details[open][id]")].map((one) => one.id);
  }

  /* What is ticked for the comparison stays so while the list changes, also what is no longer in it. */
  const comparison = document.getElementById("compare");
  function ticks() {
    return new FormData(comparison).getAll("p");
  }
  function tick(keys) {
    for (const one of comparison.querySelectorAll("input")) one.remove();
    for (const key of new Set(keys)) {
      const box = [...form.querySelectorAll("input[name=p]")].find((one) => one.value === key);
      if (box) box.checked = true;
      else {
        const kept = document.createElement("input");
        Object.assign(kept, { type: "hidden", name: "p", value: key });
        comparison.append(kept);
      }
    }
  }

  async function show(url, { keep = true, top = false, focus = null } = {}) {
    if (asking) asking.abort();
    const mine = (asking = new AbortController());
    const focused = focus || (document.activeElement && document.activeElement.id);
    const open = opened();
    form.setAttribute("aria-busy", "true");
    let page;
    try {
      const answer = await fetch(url, { signal: mine.signal, headers: { Accept: "text/html" } });
      if (!answer.ok && answer.status !== 400 && answer.status !== 503) throw new Error(String(answer.status));
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!page.getElementById("results")) throw new Error("another page");
    } catch (error) {
      if (error.name !== "AbortError") {
        form.removeAttribute("aria-busy");
        told.textContent = form.dataset.failed;
        told.classList.remove("hidden");
      }
      return;
    }
    const ticked = ticks();
    for (const id of parts) {
      const [here, there] = [document.getElementById(id), page.getElementById(id)];
      if (here && there) here.replaceChildren(...there.childNodes);
    }
    tick(ticked);
    for (const id of open) {
      const one = document.getElementById(id);
      if (one) one.open = true;
    }
    document.title = page.title;
    if (keep) history.pushState({ search: true }, "", url);
    form.removeAttribute("aria-busy");
    told.classList.add("hidden");
    told.textContent = document.getElementById("found").textContent;
    const again = focused && document.getElementById(focused);
    if (again && again !== document.activeElement) again.focus({ preventScroll: true });
    if (top) document.getElementById("about").scrollIntoView();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    close();
    show(address());
  });
  form.addEventListener("change", (event) => {
    if (event.target !== field && event.target.closest("#facets, .order")) show(address());
  });
  form.addEventListener("click", (event) => {
    const link = event.target.closest(".paging a, .chips a, #results strong, a.ask-why");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const url = (link.closest("a") || link).href;
    if (!url) return;
    event.preventDefault();
    const whyId = url.split("#")[1];
    show(url, { top: Boolean(link.closest(".paging")), keep: !whyId, focus: whyId });
    if (!whyId) {
      const words = new URL(url).searchParams.get("q");
      if (words !== null) field.value = words;
    }
  });
  /* Why a hit is here is worked out when somebody wants to know. */
  form.addEventListener(
    "toggle",
    (event) => {
      const asked = event.target.open && event.target.matches("details.why") && event.target.querySelector("a.ask-why");
      if (asked) fill(event.target, asked.href);
    },
    true
  );
  async function fill(one, url) {
    try {
      const answer = await fetch(url, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const there = page.getElementById(one.id);
      if (there) one.querySelector("ul").replaceWith(there.querySelector("ul"));
    } catch (error) {
      return; /* the link in it still leads there */
    }
  }
  window.addEventListener("popstate", () => {
    field.value = new URL(location.href).searchParams.get("q") || "";
    show(location.href, { keep: false });
  });

  /* Suggestions: a combobox as the ARIA Authoring Practices describe it, with a list to choose from. */
  const list = document.createElement("ul");
  list.id = "suggestions";
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.labels[0].textContent);
  field.after(list);
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
  })) field.setAttribute(name, value);
  const kinds = JSON.parse(field.dataset.kinds);
  let chosen = -1;
  let timer = 0;
  let typing = null;

  function close() {
    clearTimeout(timer);
    if (typing) typing.abort();
    list.hidden = true;
    chosen = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  }

  function choose(at) {
    const options = [...list.children];
    chosen = at < -1 ? options.length - 1 : at >= options.length ? -1 : at;
    options.forEach((one, number) => one.setAttribute("aria-selected", String(number === chosen)));
    if (chosen >= 0) {
      field.setAttribute("aria-activedescendant", options[chosen].id);
      options[chosen].scrollIntoView({ block: "nearest" });
    } else field.removeAttribute("aria-activedescendant");
  }

  function offer(items) {
    list.replaceChildren(
      ...items.map((item, number) => {
        const one = document.createElement("li");
        one.id = "suggestion-" + number;
        one.setAttribute("role", "option");
        one.setAttribute("aria-selected", "false");
        one.dataset.path = item.path;
        const text = document.createElement("span");
        text.textContent = item.text;
        text.lang = item.language;
        const kind = document.createElement("span");
        kind.className = "kind";
        kind.textContent = kinds[item.facet] || kinds[item.kind];
        one.append(text, " ", kind);
        return one;
      })
    );
    chosen = -1;
    field.removeAttribute("aria-activedescendant");
    list.hidden = !items.length;
    field.setAttribute("aria-expanded", String(Boolean(items.length)));
    if (items.length) told.textContent = field.dataset.count + " " + items.length;
  }

  function follow(option) {
    close();
    if (option) location.assign(option.dataset.path);
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    if (typing) typing.abort();
    if (field.value.trim().length < 2) return close();
    timer = setTimeout(async () => {
      typing = new AbortController();
      const asked = new URLSearchParams({ q: field.value, lang: document.documentElement.lang });
      try {
        const answer = await fetch(field.dataset.suggest + "?" + asked, { signal: typing.signal });
        if (answer.ok && document.activeElement === field) offer((await answer.json()).items);
      } catch (error) {
        if (error.name !== "AbortError") close();
      }
    }, 120);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && list.children.length) {
      event.preventDefault();
      if (list.hidden) {
        list.hidden = false;
        field.setAttribute("aria-expanded", "true");
      }
      choose(event.key === "ArrowDown" ? chosen + 1 : chosen - 1);
    } else if (event.key === "Enter" && !list.hidden && chosen >= 0) {
      event.preventDefault();
      follow(list.children[chosen]);
    }
  });
  field.addEventListener("blur", () => setTimeout(close, 150));
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => follow(event.target.closest("li")));
})();
