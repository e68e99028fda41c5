// A report's page: the panel shows the table rows of the number pointed at or focused; filters take marks away.
"use strict";
(() => {
  const text = document.getElementById("text");
  const panel = document.getElementById("panel");
  const marks = [...text.querySelectorAll("button")];
  const tables = { r: document.querySelector("#readings table"), u: document.querySelector("#unread table") };
  let current = null;

  const copyOf = (cell) => [...cell.childNodes].map((node) => node.cloneNode(true));

  const describe = (table, row) => {
    const heads = table.tHead.rows[0].cells;
    const list = document.createElement("dl");
    [...table.tBodies[0].rows[row].cells].forEach((cell, at) => {
      const term = document.createElement("dt");
      term.append(...copyOf(heads[at]));
      const value = document.createElement("dd");
      value.append(...copyOf(cell));
      list.append(term, value);
    });
    return list;
  };

  const rowsOf = (mark, kind) => (mark.dataset[kind] || "").split(" ").filter(Boolean).map(Number);

  const show = (mark) => {
    if (mark === current) return;
    if (current) current.setAttribute("aria-pressed", "false");
    current = mark;
    mark.setAttribute("aria-pressed", "true");
    const shown = document.createElement("p");
    const number = document.createElement("strong");
    number.textContent = mark.textContent;
    shown.append(number);
    const lists = ["r", "u"].flatMap((kind) => rowsOf(mark, kind).map((row) => describe(tables[kind], row)));
    panel.replaceChildren(shown, ...lists);
  };

  // One stop for Tab among all numbers; the arrow keys go on from there.
  const rove = (mark) => {
    marks.forEach((other) => (other.tabIndex = other === mark ? 0 : -1));
  };
  const go = (mark) => {
    rove(mark);
    mark.focus();
  };
  const open = () => marks.filter((mark) => !mark.disabled);

  text.addEventListener("pointerover", (event) => {
    const mark = event.target.closest("button");
    if (mark && !mark.disabled) show(mark);
  });
  text.addEventListener("focusin", (event) => {
    show(event.target);
    rove(event.target);
  });
  text.addEventListener("keydown", (event) => {
    const list = open();
    const at = list.indexOf(event.target);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: list.length - 1 }[event.key];
    if (at < 0 || next === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (list[next]) go(list[next]);
  });

  const classOf = (mark, name) => [...document.querySelectorAll(`input[name=${name}]`)]
    .filter((box) => mark.classList.contains(box.value));
  const filter = () => {
    marks.forEach((mark) => {
      const boxes = ["measure", "status", "unread"].flatMap((name) => classOf(mark, name));
      mark.disabled = boxes.some((box) => !box.checked);
    });
    const first = open()[0];
    if (first && !open().some((mark) => mark.tabIndex === 0)) rove(first);
  };
  document.querySelector("form.filters").addEventListener("change", filter);

  // index.html and the indicators lead to one number: #observation
  const follow = () => {
    const wanted = decodeURIComponent(location.hash.slice(1));
    if (!wanted) return;
    const row = [...tables.r.tBodies[0].rows]
      .findIndex((item) => item.cells[item.cells.length - 1].textContent.trim() === wanted);
    const mark = marks.find((item) => item.id === wanted || (row >= 0 && rowsOf(item, "r").includes(row)));
    if (!mark) return;
    mark.scrollIntoView({ block: "center" });
    go(mark);
  };

  document.querySelector("form.filters").reset();
  if (marks.length) rove(marks[0]);
  addEventListener("hashchange", follow);
  follow();
})();
