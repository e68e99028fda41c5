// Search over the index beside the page; every word of the query has to be there.
"use strict";
(() => {
  const index = window.zhengbaoIndex;
  const input = document.getElementById("query");
  const more = document.getElementById("more");
  const results = document.getElementById("results");
  const PAGE = 50;
  let found = [];
  let shown = 0;

  const fold = (text) => text.normalize("NFKC").toLowerCase();
  const entries = index.entries.map(([kind, path, name, about, extra, stated = []]) => {
    const indicators = stated.map((number) => index.entries[number][2]).join(" ");
    const all = fold(`${name} ${about} ${extra} ${index.kinds[kind]} ${indicators}`);
    return { kind, path, name, about, key: fold(name), called: fold(extra).split(" "), all };
  });

  // 0: the name itself or another name, 1: begins with it, 2: within the name, 3: anywhere
  const rank = (entry, query) => {
    if (entry.key === query || entry.called.includes(query)) return 0;
    if (entry.key.startsWith(query)) return 1;
    return entry.key.includes(query) ? 2 : 3;
  };

  const showMore = () => {
    found.slice(shown, shown + PAGE).forEach((entry) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = entry.path;
      link.textContent = entry.name;
      const about = document.createElement("small");
      about.textContent = `${index.kinds[entry.kind]} · ${entry.about}`;
      item.append(link, about);
      results.append(item);
    });
    shown = Math.min(found.length, shown + PAGE);
    more.hidden = shown >= found.length;
  };

  const search = () => {
    const query = fold(input.value).replace(/[「」『』“”"《》]/g, " ").trim();
    const words = query.split(/\s+/).filter(Boolean);
    found = entries
      .filter((entry) => words.every((word) => entry.all.includes(word)))
      .map((entry, place) => ({ entry, place, order: words.length ? rank(entry, query) : 0 }))
      .sort((a, b) => a.order - b.order || a.place - b.place)
      .map((item) => item.entry);
    shown = 0;
    results.replaceChildren();
    showMore();
    document.getElementById("count").textContent = `${found.length} 条 results`;
    history.replaceState(null, "", query ? `#${encodeURIComponent(input.value)}` : location.pathname);
  };

  input.addEventListener("input", search);
  more.addEventListener("click", showMore);
  input.value = decodeURIComponent(location.hash.slice(1));
  search();
})();
