// An indicator's page: what is stated of the chosen regions, drawn and listed.
"use strict";
(() => {
  const data = zhengbaoCharts.data();
  const words = data.words;
  const [REGION, GROUP, PERIOD, GRAIN, YEAR, VALUE, HIGH, WRITTEN, STATUS, BOUND, REPORT, OBSERVATION] = Array(12).keys();
  const group = document.getElementById("group");
  const boxes = document.getElementById("regions");
  const find = document.getElementById("find");
  const MOST = 8; // more lines than colours cannot be told apart

  const inGroup = () => data.points.filter((point) => point[GROUP] === Number(group.value));
  const chosen = () => [...boxes.querySelectorAll("input:checked")].map((box) => Number(box.value));

  // 元 in trillions, hundreds of millions or tens of thousands, as reports write it
  const scaleOf = (unit, points) => {
    const most = Math.max(...points.map((point) => Math.abs(point[HIGH])));
    if (unit !== "元" && unit !== "人" && unit !== "户") return [1, unit];
    if (most >= 1e13) return [1e12, `万亿${unit}`];
    if (most >= 1e8) return [1e8, `亿${unit}`];
    return most >= 1e6 ? [1e4, `万${unit}`] : [1, unit];
  };

  const traceOf = (points, scale, own) => ({
    x: points.map((point) => point[YEAR]),
    y: points.map((point) => point[VALUE] / scale),
    customdata: points.map((point) => [point[PERIOD], point[WRITTEN], words[point[STATUS]], words[point[BOUND]]]),
    hovertemplate: "%{fullData.name}<br>%{customdata[0]}: %{customdata[1]}<br>%{customdata[2]} %{customdata[3]}<extra></extra>",
    ...own,
  });

  const tracesOf = (region, number, points, scale) => {
    const name = data.regions[region];
    const colour = zhengbaoCharts.palette[number % zhengbaoCharts.palette.length];
    const stated = points.filter((point) => point[STATUS] !== "target");
    const whole = stated.filter((point) => point[GRAIN] === "year");
    const part = stated.filter((point) => point[GRAIN] !== "year");
    const target = points.filter((point) => point[STATUS] === "target");
    const common = { name, legendgroup: name, showlegend: false };
    const symbol = (point, solid) => (point[STATUS] === "estimate" ? `${solid}-open` : solid);
    return [
      traceOf(whole, scale, { ...common, showlegend: whole.length > 0, mode: "lines+markers", line: { color: colour },
        marker: { color: colour, size: 9, symbol: whole.map((point) => symbol(point, "circle")), line: { width: 2, color: colour } } }),
      traceOf(part, scale, { ...common, showlegend: !whole.length && part.length > 0, mode: "markers",
        marker: { color: colour, size: 9, symbol: part.map((point) => symbol(point, "triangle-up")), line: { width: 2, color: colour } } }),
      traceOf(target, scale, { ...common, showlegend: stated.length === 0, mode: "markers",
        marker: { color: colour, size: 12, symbol: "diamond-open", line: { width: 2, color: colour } },
        error_y: { type: "data", symmetric: false, color: colour, thickness: 2,
          array: target.map((point) => (point[HIGH] > point[VALUE] ? (point[HIGH] - point[VALUE]) / scale : null)),
          arrayminus: target.map(() => null) } }),
    ];
  };

  const drawChart = (points, regions) => {
    const [scale, unit] = scaleOf(data.groups[group.value].unit, points);
    const traces = regions.flatMap((region, number) =>
      tracesOf(region, number, points.filter((point) => point[REGION] === region && point[GRAIN] !== "range"), scale));
    const years = points.map((point) => point[YEAR]);
    zhengbaoCharts.draw("chart", traces, {
      showlegend: true,
      legend: { orientation: "h", y: -0.12 },
      xaxis: { tickformat: "d", dtick: Math.max(...years) - Math.min(...years) > 12 ? undefined : 1,
        range: [Math.min(...years) - 0.6, Math.max(...years) + 0.6] },
      yaxis: { title: { text: unit }, tickformat: "," },
    });
  };

  const listRows = (points, regions) => {
    const rows = points.filter((point) => regions.includes(point[REGION])).map((point) => {
      const row = document.createElement("tr");
      const link = document.createElement("a");
      link.href = `../${data.reports[point[REPORT]]}#${point[OBSERVATION]}`;
      link.textContent = "原句 sentence";
      const texts = [data.regions[point[REGION]], point[PERIOD], point[WRITTEN], words[point[STATUS]], words[point[BOUND]]];
      texts.forEach((text, at) => {
        const cell = document.createElement(at ? "td" : "th");
        if (!at) cell.scope = "row";
        if (at === 2) cell.className = "number";
        cell.textContent = text;
        row.append(cell);
      });
      const last = document.createElement("td");
      last.append(link);
      row.append(last);
      return row;
    });
    document.getElementById("rows").replaceChildren(...rows);
  };

  const refresh = () => {
    const points = inGroup();
    const regions = chosen();
    document.getElementById("chosen").textContent = `${regions.length} / ${boxes.childElementCount}`;
    boxes.querySelectorAll("input").forEach((box) => (box.disabled = !box.checked && regions.length >= MOST));
    drawChart(points.filter((point) => regions.includes(point[REGION])), regions);
    listRows(points, regions);
  };

  const offerRegions = () => {
    const counts = new Map();
    inGroup().forEach((point) => counts.set(point[REGION], (counts.get(point[REGION]) || 0) + 1));
    const order = [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a) || a - b);
    // beside the whole country's, the sums of its parts lie flat on the ground
    const first = order.filter((region) => data.groups[group.value].share || region !== data.country || order.length === 1)
      .slice(0, MOST);
    boxes.replaceChildren(...order.map((region) => {
      const label = document.createElement("label");
      const box = document.createElement("input");
      box.type = "checkbox";
      box.value = region;
      box.checked = first.includes(region);
      label.append(box, ` ${data.regions[region]}`);
      return label;
    }));
    find.value = "";
    refresh();
  };

  data.groups.forEach((item, number) => group.append(new Option(item.label, number)));
  group.addEventListener("change", offerRegions);
  boxes.addEventListener("change", refresh);
  find.addEventListener("input", () => {
    [...boxes.children].forEach((label) => (label.hidden = !label.textContent.includes(find.value.trim())));
  });
  document.querySelector("form.filters").addEventListener("submit", (event) => event.preventDefault());
  offerRegions();
})();
