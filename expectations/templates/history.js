// The charts of index.html: one column or dot a load.
"use strict";
(() => {
  const { loads, charts } = zhengbaoCharts.data();
  const at = loads.map((_, number) => number);
  const step = Math.max(1, Math.ceil(loads.length / 6));
  const ticks = at.filter((number) => (loads.length - 1 - number) % step === 0);
  charts.forEach((key, number) => {
    const share = key === "explained";
    const colour = zhengbaoCharts.palette[number];
    const common = { x: at, y: loads.map((load) => load[key]), customdata: loads.map((load) => `${load.when}<br>${load.id}`) };
    const most = Math.max(...loads.map((load) => load[key] ?? 0));
    const least = Math.min(...loads.map((load) => load[key] ?? 1));
    const trace = share
      ? { ...common, mode: "lines+markers", line: { color: colour }, hovertemplate: "%{y:.1%}<br>%{customdata}<extra></extra>" }
      : { ...common, type: "bar", marker: { color: colour }, hovertemplate: "%{y}<br>%{customdata}<extra></extra>" };
    zhengbaoCharts.draw(`chart-${key}`, [trace], {
      showlegend: false,
      bargap: 0.25,
      xaxis: { tickvals: ticks, ticktext: ticks.map((tick) => loads[tick].when.slice(5, 10)), showgrid: false, zeroline: false,
        range: [-0.6, Math.max(loads.length - 0.4, 4)] },
      yaxis: share
        ? { tickformat: ".0%", range: [Math.min(0.9, Math.floor(least * 20) / 20), 1.005], nticks: 5 }
        : { range: [0, Math.max(most * 1.08, 1)], tickformat: ",d", nticks: 5, dtick: most < 5 ? 1 : undefined },
    });
  });
})();
