// A smoke plot: the median as a line, the bands from the 25th to the 75th and from the 5th to the
// 95th percentile as smoke around it, and failures as bars at the foot, as high as their share.
import { displayUnit, momentText, percentText, stepText, valueText } from '../text/format.js';
import { html } from '../parts/html.js';
import { Canvas, nearest, numberAxis, timeAxis } from './canvas.js';
import { shareFailed, topOf } from './smoke_data.js';
import { faded } from './theme.js';

const FOOT = 22; // px that a bar of failures may be high

// `data` as smokeData() makes it; pick(from, to) is told a bucket in µs, zoom(from, to) a span.
export function Smoke({ data, unit, span, label, height = 180, top, pick, zoom }) {
  const limit = top ?? topOf([data]);
  const shown = displayUnit(unit, limit.top);
  const none = data.p50.every((value) => value === null); // and no scale
  const few = data.x.length <= 80;
  const low = span.since / 1e6;
  const high = span.until / 1e6;

  const make = (colours, model) => ({
    padding: [8, 10, 0, 0],
    scales: { x: { time: false, range: [low, high] }, y: { range: [0, limit.top] } },
    axes: [timeAxis(colours), { ...numberAxis(colours, shown.divisor), ...(none ? { values: (u, marks) => marks.map(() => '') } : {}) }],
    series: [
      {},
      ...['p5', 'p25', 'p75', 'p95'].map(() => ({ width: 0, points: { show: false } })),
      {
        stroke: colours.lines[0],
        width: 1.7,
        points: { show: few, size: 4, stroke: colours.lines[0], fill: colours.lines[0], width: 1 },
      },
    ],
    bands: [
      { series: [4, 1], fill: faded(colours.lines[0], 0.15) },
      { series: [3, 2], fill: faded(colours.lines[0], 0.3) },
    ],
    hooks: { draw: [(u) => drawFailures(u, model(), colours)] },
  });

  const tell = (x) => {
    const i = near(data, x);
    return i < 0 ? null : bucketText(data, i, unit);
  };
  const choose = (x) => {
    const i = near(data, x);
    if (i >= 0) pick?.(data.from[i], data.from[i] + data.step);
  };
  const places = data.x.filter((_, i) => data.n[i] !== null);
  const hint = `Steps of ${stepText(data.step)}, UTC. ${limit.cut ? 'Extremes are cut off. ' : ''}`;
  return html`<p class="unit">${none ? 'none succeeded' : shown.name}</p>
    <${Canvas} shape=${`${low} ${high} ${limit.top} ${few}`} make=${make} data=${data.rows} model=${data} height=${height} label=${label}
      hint=${hint} places=${places} tell=${tell} pick=${pick && choose} sync="time"
      zoom=${zoom && ((from, to) => zoom(from * 1e6, to * 1e6))} />`;
}

// The bucket at x, if it is near and not a gap.
function near(data, x) {
  if (data.x.length === 0) return -1;
  const i = nearest(data.x, x);
  const far = Math.abs(data.x[i] - x) > Math.max((data.step / 1e6) * 2, 0.03 * (data.x.at(-1) - data.x[0]));
  return far || data.n[i] === null ? -1 : i;
}

function bucketText(data, i, unit) {
  const n = data.n[i] + data.failed[i];
  const value = (name) => valueText(unit, data[name][i]);
  const failed = data.failed[i] ? `, ${percentText(data.failed[i], n)} failed (${data.failed[i]} of ${n})` : `, of ${n}`;
  if (data.p50[i] === null) return `${momentText(data.from[i])}: none succeeded${failed}`;
  return `${momentText(data.from[i])}: median ${value('p50')}, 5 to 95 % ${value('p5')} to ${value('p95')}${failed}`;
}

function drawFailures(u, data, colours) {
  const ratio = devicePixelRatio || 1;
  const { ctx, bbox } = u;
  const step = Math.max(2 * ratio, Math.abs(u.valToPos(data.step / 1e6, 'x', true) - u.valToPos(0, 'x', true)) - ratio);
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.fillStyle = colours.alarm;
  data.x.forEach((x, i) => {
    const share = shareFailed(data.n[i], data.failed[i]);
    if (share === 0) return;
    const high = Math.max(3, share * FOOT) * ratio;
    const left = u.valToPos(x, 'x', true) - step / 2;
    ctx.fillRect(left, bbox.top + bbox.height - high, step, high);
  });
  ctx.restore();
}

export const SMOKE_KEY = html`<ul class="key">
  <li><span class="swatch line s0"></span>median</li>
  <li><span class="swatch inner"></span>25 to 75 %</li>
  <li><span class="swatch outer"></span>5 to 95 %</li>
  <li><span class="swatch bad"></span>failures, as high as their share</li>
</ul>`;
