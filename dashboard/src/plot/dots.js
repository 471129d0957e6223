// Every single measurement as a dot over time; failures as crosses at the foot. Made for a hundred
// thousand: dots are squares at whole pixels, which cost a hundredth of a path, and the nearest is
// found by time first.
import { useMemo } from 'preact/hooks';
import { displayUnit, momentText, valueText } from '../text/format.js';
import { html } from '../parts/html.js';
import { Canvas, numberAxis, timeAxis } from './canvas.js';
import { faded } from './theme.js';

// `dots`: {at (µs, ascending), x (the same in s), value (null: none), outcome, id}; pick(id).
export function Dots({ dots, unit, span, label, height = 240, pick, zoom }) {
  const top = useMemo(() => topOf(dots.value), [dots]);
  const data = useMemo(() => [[span.since / 1e6, span.until / 1e6], [null, null]], [span]);
  const shown = displayUnit(unit, top);
  const { x } = dots;
  const make = (colours, model) => ({
    padding: [8, 10, 0, 0],
    scales: { x: { time: false, range: [span.since / 1e6, span.until / 1e6] }, y: { range: [0, top] } },
    axes: [timeAxis(colours), numberAxis(colours, shown.divisor)],
    series: [{}, { show: false }],
    hooks: { draw: [(u) => draw(u, model(), colours)] },
  });
  const tell = (atX, atY) => {
    const i = hit(dots, x, atX, atY, span, top);
    return i < 0 ? null : `${momentText(dots.at[i])}: ${dots.value[i] === null ? dots.outcome[i] : valueText(unit, dots.value[i])}`;
  };
  return html`<p class="unit">${shown.name}</p>
    <${Canvas} shape=${`${span.since} ${span.until} ${top}`} make=${make} data=${data} model=${dots} height=${height}
      label=${label} places=${x} tell=${tell} sync="time" hint="Each dot is a measurement; crosses at the foot failed. UTC."
      zoom=${zoom && ((from, to) => zoom(from * 1e6, to * 1e6))}
      pick=${(atX, atY) => { const i = hit(dots, x, atX, atY, span, top); if (i >= 0) pick(dots.id[i]); }} />`;
}

// A little above nearly all values: a few extreme ones stand at the upper edge.
function topOf(values) {
  const sorted = Float64Array.from(values.filter((value) => value !== null)).sort();
  return sorted.length ? sorted[Math.floor((sorted.length - 1) * 0.995)] * 1.1 : 1;
}

// The dot next to a point, of those within a hundredth of the width; -1 where there is none.
function hit(dots, x, atX, atY, span, top) {
  const width = (span.until - span.since) / 1e6;
  const reach = width / 100;
  let best = -1;
  let least = Infinity;
  for (let i = firstAtLeast(x, atX - reach); i < x.length && x[i] <= atX + reach; i += 1) {
    const dx = (x[i] - atX) / width;
    const dy = atY === null ? 0 : (Math.min(dots.value[i] ?? 0, top) - atY) / top / 4;
    const far = dx * dx + dy * dy;
    if (far < least) [best, least] = [i, far];
  }
  return best;
}

function firstAtLeast(sorted, x) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

function draw(u, dots, colours) {
  const { ctx, bbox } = u;
  const ratio = devicePixelRatio || 1;
  const many = dots.at.length > 5000;
  const size = Math.round((many ? 2 : 3.5) * ratio);
  const foot = bbox.top + bbox.height;
  const bad = new Path2D();
  // Two numbers a dot are computed here, not by valToPos: it would cost more than the drawing.
  const { x, y } = u.scales;
  const perX = bbox.width / (x.max - x.min) / 1e6;
  const perY = bbox.height / (y.max - y.min);
  const start = x.min * 1e6;
  ctx.save();
  ctx.fillStyle = faded(colours.lines[0], many ? 0.45 : 0.8);
  for (let i = 0; i < dots.at.length; i += 1) {
    const left = bbox.left + (dots.at[i] - start) * perX;
    const value = dots.value[i];
    if (value !== null) {
      const top = Math.max(bbox.top, foot - value * perY);
      ctx.fillRect(Math.round(left - size / 2), Math.round(top - size / 2), size, size);
    } else {
      const arm = 3 * ratio;
      bad.moveTo(left - arm, foot - 3 * arm);
      bad.lineTo(left + arm, foot - arm);
      bad.moveTo(left - arm, foot - arm);
      bad.lineTo(left + arm, foot - 3 * arm);
    }
  }
  ctx.strokeStyle = colours.alarm;
  ctx.lineWidth = 1.4 * ratio;
  ctx.stroke(bad);
  ctx.restore();
}
