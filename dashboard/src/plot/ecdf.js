// Distributions as lines: of each series, how many per cent of its values are not greater.
import { displayUnit, percentText, valueText } from '../text/format.js';
import { html } from '../parts/html.js';
import { Canvas, nearest, numberAxis } from './canvas.js';
import { DASHES, STYLES } from './theme.js';

// `lines`: [{label, values, shares, n, p99}], at most STYLES of them; pick(line) where one is chosen.
export function Ecdf({ lines, unit, label, height = 230, pick, of = 'measurements' }) {
  const high = extent(lines);
  const shown = displayUnit(unit, high);
  const cut = lines.some((line) => line.values.at(-1) > high);

  const make = (colours, model) => ({
    padding: [8, 12, 0, 0],
    scales: { x: { time: false, range: [0, high] }, y: { range: [0, 1] } },
    axes: [
      { ...numberAxis(colours, shown.divisor, { size: 28, space: 60 }), ticks: { stroke: colours.rule, width: 1, size: 4 } },
      { ...numberAxis(colours, 0.01, { size: 40, incrs: [0.1, 0.25, 0.5] }) },
    ],
    series: [{}, { show: false }],
    hooks: { draw: [(u) => model().forEach((line, i) => drawSteps(u, line, i, colours))] },
  });

  const tell = (x, y) => {
    const line = closest(lines, x, y);
    if (!line) return null;
    const share = shareAt(line, x);
    return `${line.label}: ${percentText(share, 1)} take ${valueText(unit, x)} or less (n = ${line.n})`.replace(
      'take', unit === 'bit/s' ? 'have' : 'take');
  };
  const places = quantilePlaces(lines);
  return html`<p class="unit">% of ${of}</p>
    <${Canvas} shape=${`${high} ${lines.length}`} make=${make} data=${[[0, high], [0, 1]]} model=${lines} height=${height}
      label=${label} hint=${`${cut ? 'Cut off at the greatest 99th percentile. ' : ''}`} places=${places} tell=${tell}
      pick=${pick && ((x, y) => { const line = closest(lines, x, y); if (line) pick(line, x); })} />
    <p class="unit below">${shown.name}</p>`;
}

// From 0 to the greatest 99th percentile.
function extent(lines) {
  const ends = lines.map((line) => line.p99 ?? line.values.at(-1) ?? 0);
  return Math.max(0, ...ends) * 1.04 || 1;
}

function shareAt(line, x) {
  let share = 0;
  for (let i = 0; i < line.values.length && line.values[i] <= x; i += 1) share = line.shares[i];
  return share;
}

// The line next to the pointer; by keys, which know no height, the first.
function closest(lines, x, y) {
  let best = lines[0];
  let distance = Infinity;
  for (const line of lines) {
    const far = Math.abs(shareAt(line, x) - (y ?? 0.5));
    if (far < distance) [best, distance] = [line, far];
  }
  return best;
}

function quantilePlaces(lines) {
  const all = lines.flatMap((line) =>
    [0.05, 0.25, 0.5, 0.75, 0.95].map((share) => line.values[nearest(line.shares, share)]));
  return [...new Set(all)].filter(Number.isFinite).sort((a, b) => a - b);
}

function drawSteps(u, line, style, colours) {
  const { ctx, bbox } = u;
  const ratio = devicePixelRatio || 1;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top - ratio, bbox.width, bbox.height + 2 * ratio);
  ctx.clip();
  ctx.beginPath();
  ctx.strokeStyle = colours.lines[style % STYLES];
  ctx.lineWidth = 1.7 * ratio;
  ctx.setLineDash(DASHES[style % STYLES].map((length) => length * ratio));
  let y = u.valToPos(0, 'y', true);
  ctx.moveTo(bbox.left, y);
  line.values.forEach((value, i) => {
    const x = u.valToPos(value, 'x', true);
    ctx.lineTo(x, y);
    y = u.valToPos(line.shares[i], 'y', true);
    ctx.lineTo(x, y);
  });
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}
