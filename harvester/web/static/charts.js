// Draws the charts that the page describes; datasette-dashboards does the work.
"use strict";

const told = JSON.parse(document.getElementById("charts").textContent);
for (const [slug, chart] of Object.entries(told.charts)) {
  renderChart(slug, chart, told.query, told.instance, told.whole);
}
