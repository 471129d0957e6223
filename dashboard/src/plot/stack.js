// Shares over time as bars that stand upon each other: of each bucket, how many measurements
// failed of what. Kinds of failures are told apart by hatching, too.
import { momentText, percentText, stepText } from '../text/format.js';
import { html } from '../parts/html.js';
import { Canvas, nearest, numberAxis, timeAxis } from './canvas.js';
import { STYLES } from './theme.js';

// `buckets`: [{at, total, parts: [{name, n, style}]}] by time, in µs; step in µs.
export function Stack({ buckets, step, span, label, height = 210, pick, zoom }) {
  const share = (bucket) => bucket.parts.reduce((sum, part) => sum + part.n, 0) / bucket.total;
  const greatest = Math.max(0, ...buckets.map(share));
  const top = Math.min(1, Math.max(0.05, greatest * 1.1));
  const x = buckets.map((bucket) => (bucket.at + step / 2) / 1e6);
  const make = (colours, model) => ({
    padding: [8, 10, 0, 0],
    scales: { x: { time: false, range: [span.since / 1e6, span.until / 1e6] }, y: { range: [0, top] } },
    axes: [timeAxis(colours), numberAxis(colours, 0.01)],
    series: [{}, { show: false }],
    hooks: { draw: [(u) => draw(u, model(), step, colours)] },
  });
  const find = (atX) => {
    if (x.length === 0) return null;
    const i = nearest(x, atX);
    return Math.abs(x[i] - atX) * 1e6 <= step * 1.5 ? buckets[i] : null;
  };
  const tell = (atX) => {
    const bucket = find(atX);
    if (!bucket) return null;
    const parts = bucket.parts.map((part) => `${part.n} ${part.name}`).join(', ');
    return `${momentText(bucket.at)}: ${percentText(share(bucket), 1)} of ${bucket.total} failed${parts ? `: ${parts}` : ''}`;
  };
  return html`<p class="unit">% of measurements</p>
    <${Canvas} shape=${`${span.since} ${span.until} ${top} ${step}`} make=${make} data=${[x, x.map(() => null)]} model=${buckets}
      height=${height} label=${label} places=${x} tell=${tell} sync="time" hint=${`Steps of ${stepText(step)}, UTC.`}
      zoom=${zoom && ((from, to) => zoom(from * 1e6, to * 1e6))}
      pick=${pick && ((atX) => { const bucket = find(atX); if (bucket) pick(bucket.at, bucket.at + step); })} />`;
}

function draw(u, buckets, step, colours) {
  const { ctx } = u;
  const ratio = devicePixelRatio || 1;
  const width = Math.max(2 * ratio, u.valToPos(step / 1e6, 'x', true) - u.valToPos(0, 'x', true) - ratio);
  const fills = colours.lines.map((colour, style) => hatch(ctx, colour, style, ratio));
  ctx.save();
  for (const bucket of buckets) {
    const left = u.valToPos(bucket.at / 1e6, 'x', true);
    let below = 0;
    for (const part of bucket.parts) {
      const from = u.valToPos(below / bucket.total, 'y', true);
      below += part.n;
      const to = u.valToPos(below / bucket.total, 'y', true);
      ctx.fillStyle = fills[part.style % STYLES];
      ctx.fillRect(left, to, width, Math.max(ratio, from - to));
    }
  }
  ctx.restore();
}

// The first style is plain, the others have lines of their own slope.
function hatch(ctx, colour, style, ratio) {
  if (style === 0) return colour;
  const size = 8 * ratio;
  const tile = document.createElement('canvas');
  tile.width = tile.height = size;
  const pen = tile.getContext('2d');
  pen.fillStyle = colour;
  pen.fillRect(0, 0, size, size);
  pen.strokeStyle = 'rgba(255,255,255,.55)';
  pen.lineWidth = 1.5 * ratio;
  pen.beginPath();
  const line = (...points) => points.forEach(([px, py], i) => (i % 2 ? pen.lineTo(px * size, py * size) : pen.moveTo(px * size, py * size)));
  if (style === 1) line([-0.5, 0.5], [0.5, -0.5], [0, 1], [1, 0], [0.5, 1.5], [1.5, 0.5]);
  else if (style === 2) line([-0.5, 0.5], [0.5, 1.5], [0, 0], [1, 1], [0.5, -0.5], [1.5, 0.5]);
  else if (style === 3) line([0, 0.5], [1, 0.5]);
  else if (style === 4) line([0.5, 0], [0.5, 1]);
  else line([0, 0.5], [1, 0.5], [0.5, 0], [0.5, 1]);
  pen.stroke();
  return ctx.createPattern(tile, 'repeat');
}
