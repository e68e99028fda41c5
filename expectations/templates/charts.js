// What all charts share: colours of the page, light or dark, and a redrawing when the reader changes between them.
"use strict";
const zhengbaoCharts = (() => {
  const palette = ["#2f7ed8", "#c2571a", "#2a9d5c", "#a44fc4", "#c99a06", "#d1476b", "#2aa5b8", "#7d8594"];
  const drawn = new Map();
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  const layout = (own) => {
    const axis = { gridcolor: colour("--chart-grid"), zerolinecolor: colour("--line"), automargin: true, fixedrange: true };
    return {
      margin: { l: 8, r: 8, t: 8, b: 8 },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { color: colour("--ink"), family: getComputedStyle(document.body).fontFamily, size: 13 },
      hoverlabel: { bgcolor: colour("--band"), bordercolor: colour("--line"), font: { color: colour("--ink") } },
      ...own,
      xaxis: { ...axis, ...own.xaxis },
      yaxis: { ...axis, ...own.yaxis },
    };
  };

  const draw = (id, traces, own) => {
    drawn.set(id, [traces, own]);
    return Plotly.react(id, traces, layout(own), { displayModeBar: false, responsive: true });
  };

  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    drawn.forEach(([traces, own], id) => draw(id, traces, own));
  });
  return { draw, palette, data: () => JSON.parse(document.getElementById("data").textContent) };
})();
