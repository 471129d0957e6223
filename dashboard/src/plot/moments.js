// The moments of a page load on one axis: of each series a row, the median of each moment as a
// mark with its spread.
import { html } from '../parts/html.js';
import { Table } from '../parts/table.js';
import { measurements } from '../state/address.js';
import { place } from '../state/place.js';
import { timeText } from '../text/format.js';
import { filterOf, keyText, labelOf, metricTitle } from '../text/words.js';

const SHORT = { ttfb: 'first byte', fcp: 'first paint', lcp: 'largest paint', load: 'load event', fully_loaded: 'fully loaded' };

export function Moments({ spreads }) {
  const keys = spreads[0].data.series.map((one) => one.key);
  const rows = keys.map((key) => ({
    key,
    label: labelOf(key, keys),
    moments: spreads.map(({ name, data }) => ({ name, of: data.series.find((one) => keyText(one.key) === keyText(key)) })),
  }));
  const top = Math.max(...rows.flatMap((row) => row.moments.map(({ of }) => of?.quantiles?.p95 ?? 0)), 1);
  const place100 = (us) => `${((100 * us) / top).toFixed(2)}%`;
  const to = (row, metric) => measurements(place.value, { ...filterOf(row.key), metric });
  return html`<ul class="key">${spreads.map(({ name }, style) => html`<li><span class=${`swatch box s${style}`}></span>${SHORT[name]}</li>`)}</ul>
    <div class="milestones">${rows.map((row) => html`<h3>${row.label}</h3>
      ${row.moments.map(({ name, of }, style) => (of?.n ? html`<div class="milestone">
        <a href=${to(row, name)}>${SHORT[name]}</a>
        <span class="track" title=${`${metricTitle(name)}: median ${timeText(of.quantiles.p50)}, 5 to 95 % ${timeText(of.quantiles.p5)} to ${timeText(of.quantiles.p95)}, n = ${of.n}`}>
          <span class="reach" style=${{ left: place100(of.quantiles.p5), width: place100(of.quantiles.p95 - of.quantiles.p5) }}></span>
          <span class=${`middle s${style}`} style=${{ left: place100(of.quantiles.p50) }}></span></span>
        <span class="value">${timeText(of.quantiles.p50)}</span></div>` : null))}`)}</div>
    <p class="notes">From the start of the load, 0 to ${timeText(top)}. The mark is the median, the bar reaches from the 5th to the 95th percentile.</p>
    <details><summary>Numbers</summary><${Table} caption="Moments of page loads" rows=${rows.flatMap((row) => row.moments.filter(({ of }) => of?.n).map((one) => ({ ...one, row })))} columns=${[
      { title: 'series', text: true, show: (one) => one.row.label },
      { title: 'moment', text: true, show: (one) => metricTitle(one.name) },
      { title: 'n', show: (one) => one.of.n },
      ...['p5', 'p50', 'p95'].map((name) => ({ title: name === 'p50' ? 'median' : `${name.slice(1)} %`, show: (one) => timeText(one.of.quantiles[name]) })),
    ]} /></details>
    <p class="tools">CSV: ${spreads.map(({ name, csv }) => html`<a href=${csv} download>${SHORT[name]}</a> `)}</p>`;
}
