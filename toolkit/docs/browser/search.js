// Search in the page: the index is loaded when somebody begins to search.
(() => {
  const root = document.documentElement;
  const box = document.querySelector("search.search");
  const input = box.querySelector("input");
  const list = box.querySelector("ul");
  let index;
  let active = -1;

  box.hidden = false;
  input.addEventListener("focus", load, { once: true });
  input.addEventListener("input", show);
  input.addEventListener("keydown", (event) => {
    const options = [...list.children].filter((each) => each.dataset.address);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (options.length === 0) return;
      const step = event.key === "ArrowDown" ? 1 : -1;
      active = (active + step + options.length) % options.length;
      options.forEach((option, at) => {
        option.setAttribute("aria-selected", String(at === active));
      });
      input.setAttribute("aria-activedescendant", options[active].id);
      options[active].scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") {
      const option = options[Math.max(active, 0)];
      if (option) location.href = option.dataset.address;
    } else if (event.key === "Escape") {
      input.value = "";
      close();
    }
  });
  document.addEventListener("keydown", (event) => {
    const isShortcut = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey);
    const isSlash = event.key === "/" && !/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
    if (!isShortcut && !isSlash) return;
    event.preventDefault();
    input.focus();
    input.select();
  });
  document.addEventListener("click", (event) => {
    if (!box.contains(event.target)) close();
  });
  // On a small screen a link of the menu leaves its page for itself: the menu must not cover what it leads to.
  document.querySelector('#menu [aria-current="page"]')?.scrollIntoView({ block: "nearest" });

  function load() {
    if (index) return;
    const scripts = root.dataset.searchScripts.split(" ");
    index = Promise.all(scripts.map(loadScript)).then(() => indexed(window.searchEntries));
    index.catch(() => {
      index = undefined;
    });
  }

  function loadScript(address) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    });
  }

  function indexed(entries) {
    const search = new MiniSearch({
      fields: ["title", "page", "text"],
      storeFields: ["title", "page", "address", "text"],
      // Names like `too_many_entities` are found whole and by their words.
      tokenize: (text) => [...text.split(/[^\p{L}\p{N}_]+/u), ...text.split(/[^\p{L}\p{N}]+/u)],
      searchOptions: {
        boost: { title: 4, page: 1.5 },
        prefix: true,
        fuzzy: (term) => (term.length > 4 ? 0.2 : false),
        combineWith: "AND",
      },
    });
    search.addAll(entries.map((entry, id) => ({ id, ...entry })));
    return search;
  }

  async function show() {
    load();
    const words = input.value.trim();
    const search = await index;
    if (words !== input.value.trim()) return;
    active = -1;
    input.removeAttribute("aria-activedescendant");
    if (words === "") return close();
    const found = search.search(words).slice(0, 12);
    list.replaceChildren(...(found.length === 0 ? [nothing(words)] : found.map(option)));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
  }

  function option({ title, page, address, text, terms }, at) {
    const item = document.createElement("li");
    item.id = `result-${at}`;
    item.role = "option";
    item.setAttribute("aria-selected", "false");
    item.dataset.address = address;
    const place = document.createElement("span");
    place.className = "place";
    place.textContent = page;
    const excerpt = document.createElement("span");
    excerpt.className = "excerpt";
    excerpt.textContent = around(text, terms);
    item.append(title, place, excerpt);
    item.addEventListener("click", () => {
      location.href = address;
    });
    return item;
  }

  function nothing(words) {
    const item = document.createElement("li");
    item.role = "option";
    item.setAttribute("aria-selected", "false");
    item.textContent = `Nothing has “${words}” in it.`;
    return item;
  }

  function around(text, terms) {
    const at = Math.max(0, ...terms.map((term) => text.toLowerCase().indexOf(term)));
    const start = Math.max(0, at - 40);
    return (start > 0 ? "…" : "") + text.slice(start, start + 120);
  }

  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
  }
})();
