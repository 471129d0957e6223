// A line of the medians as small as a word, with the band from the 25th to the 75th percentile.
import { html } from '../parts/html.js';

const WIDTH = 120;
const HEIGHT = 26;

export function Spark({ data }) {
  const places = data.x.map((_, i) => i).filter((i) => data.p50[i] !== null);
  if (places.length < 2) return null;
  const top = Math.max(...places.map((i) => data.p75[i] ?? data.p50[i])) * 1.05 || 1;
  const first = data.x[places[0]];
  const extent = data.x[places.at(-1)] - first || 1;
  const x = (i) => (((data.x[i] - first) / extent) * WIDTH).toFixed(1);
  const y = (value) => (HEIGHT - 1 - (value / top) * (HEIGHT - 3)).toFixed(1);
  const line = (name, order = places) => order.map((i) => `${x(i)},${y(data[name][i] ?? data.p50[i])}`).join(' ');
  const failed = places.filter((i) => data.failed[i] > 0);
  return html`<svg class="spark" viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
    <polygon class="inner" points=${`${line('p75')} ${line('p25', [...places].reverse())}`} />
    <polyline class="s0" points=${line('p50')} vector-effect="non-scaling-stroke" />
    ${failed.map((i) => html`<rect class="bad" x=${x(i) - 0.75} y=${HEIGHT - 5} width="1.5" height="5" />`)}
  </svg>`;
}
