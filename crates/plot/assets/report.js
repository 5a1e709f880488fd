"use strict";
// Tells the gene, cell type and values of the point under the pointer.
(() => {
  const REACH_PX = 14;
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  document.body.append(tip);

  for (const source of document.querySelectorAll("script[data-hover]")) {
    const { panels, genes, cells, points } = JSON.parse(source.textContent);
    const svg = document.getElementById(source.dataset.hover);
    const count = points.length / 5;
    const xs = new Float32Array(count), ys = new Float32Array(count);
    for (let i = 0; i < count; i++) {
      const [left, bottom, width, height, xLow, xHigh, yLow, yHigh] = panels[points[5 * i]];
      xs[i] = left + (points[5 * i + 3] / 100 - xLow) / (xHigh - xLow) * width;
      ys[i] = bottom - (points[5 * i + 4] / 100 - yLow) / (yHigh - yLow) * height;
    }
    const ring = document.createElementNS(svg.namespaceURI, "circle");
    for (const [name, value] of [["r", 70], ["fill", "none"], ["stroke", "#000000"], ["stroke-width", 20], ["visibility", "hidden"]]) {
      ring.setAttribute(name, value);
    }
    svg.append(ring);

    const hide = () => {
      tip.hidden = true;
      ring.setAttribute("visibility", "hidden");
    };
    const show = (event) => {
      const matrix = svg.getScreenCTM();
      const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
      let best = -1, least = (REACH_PX / matrix.a) ** 2;
      for (let i = 0; i < count; i++) {
        const distance = (xs[i] - at.x) ** 2 + (ys[i] - at.y) ** 2;
        if (distance < least) { best = i; least = distance; }
      }
      if (best < 0) { hide(); return; }
      const [gene, cell, measured, predicted] = points.slice(5 * best + 1, 5 * best + 5);
      const value = (hundredths) => (hundredths / 100).toFixed(2).replace("-", "\u2212");
      tip.textContent = `${genes[gene]}\n${cells[cell]}\nmeasured ${value(measured)}, predicted ${value(predicted)}`;
      tip.hidden = false;
      const edge = document.documentElement.clientWidth - tip.offsetWidth - 4;
      tip.style.left = `${Math.max(4, Math.min(event.clientX + 14, edge)) + window.scrollX}px`;
      tip.style.top = `${event.clientY + 14 + window.scrollY}px`;
      ring.setAttribute("cx", xs[best]);
      ring.setAttribute("cy", ys[best]);
      ring.setAttribute("visibility", "visible");
    };
    svg.addEventListener("pointermove", show);
    svg.addEventListener("pointerdown", show);
    svg.addEventListener("pointerleave", hide);
  }
})();
