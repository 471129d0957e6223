// Distributions of an answer of /api/v1/distribution: plots of those that are to be compared, and
// their quantiles as a table.
import { html } from './html.js';
import { Figure, Key } from './figure.js';
import { Table } from './table.js';
import { Failed } from './small.js';
import { outcomeOf } from '../text/failing.js';
import { Ecdf } from '../plot/ecdf.js';
import { STYLES } from '../plot/theme.js';
import { measurements } from '../state/address.js';
import { goTo, place } from '../state/place.js';
import { valueText } from '../text/format.js';
import { capital, filterOf, hasMetric, labelOf, metricTitle, whatOf } from '../text/words.js';
import { grouped } from '../text/grouped.js';

export const ofKind = (data, metric) => ({ ...data, series: data.series.filter((one) => hasMetric(one.key.kind, metric)) });

const toSeries = (key, metric) => measurements(place.value, { ...filterOf(key), metric });

export function Distributions({ answer, data, by, metric }) {
  const groups = grouped(data.series.filter((one) => one.n > 0), by);
  const keys = data.series.map((one) => one.key);
  return html`<div class="plots">${groups.map(({ title, lines }) => html`<${Group} key=${title} title=${title} all=${lines} metric=${metric}
      unit=${data.unit} />`)}</div>
    <${Quantiles} data=${data} keys=${keys} metric=${metric} />
    <p class="tools"><a href=${answer.csv} download>CSV</a></p>`;
}

function Group({ title, all, metric, unit }) {
  const most = [...all].sort((a, b) => b.n - a.n).slice(0, STYLES);
  const lines = all.filter((one) => most.includes(one)).map((one) => ({
    key: one.key,
    label: one.label,
    n: one.n,
    values: one.ecdf.rows.map((row) => row[one.ecdf.columns.indexOf('value')]),
    shares: one.ecdf.rows.map((row) => row[one.ecdf.columns.indexOf('share')]),
    p99: one.quantiles.p99,
    quantiles: one.quantiles,
  }));
  const said = lines.map((line) => `${line.label} median ${valueText(unit, line.quantiles.p50)}`).join('; ');
  return html`<${Figure} title=${title} sub=${metricTitle(metric)}
      keys=${html`<${Key} entries=${lines.map((line, style) => ({ label: `${line.label} (${line.n})`, style, href: toSeries(line.key, metric) }))} />`}>
    <${Ecdf} lines=${lines} unit=${unit} label=${`Distribution of ${metricTitle(metric)}, ${title}: ${said}`}
      pick=${(line) => goTo(toSeries(line.key, metric))} />
    ${all.length > lines.length ? html`<p class="notes">The ${lines.length} with the most measurements are drawn, of ${all.length}.</p>` : null}
  </${Figure}>`;
}

export function Quantiles({ data, keys, metric }) {
  const quantile = (name, title) => ({ title, of: (one) => one.quantiles[name], show: (one) => valueText(data.unit, one.quantiles[name]) });
  return html`<${Table} caption=${`Quantiles of ${metricTitle(metric)}`} rows=${data.series} columns=${[
    { title: 'series', text: true, of: (one) => labelOf(one.key, keys), show: (one) => html`<a href=${toSeries(one.key, metric)}>${labelOf(one.key, keys)}</a> <span class="sub">${whatOf(one.key)}</span>` },
    { title: 'n', of: (one) => one.n, show: (one) => one.n },
    quantile('min', 'least'), quantile('p5', '5 %'), quantile('p25', '25 %'), quantile('p50', 'median'),
    quantile('p75', '75 %'), quantile('p90', '90 %'), quantile('p95', '95 %'), quantile('p99', '99 %'), quantile('max', 'greatest'),
    { title: 'mean', of: (one) => one.mean, show: (one) => valueText(data.unit, one.mean) },
    { title: 'failed', of: (one) => one.failed / (one.n + one.failed), show: (one) => html`<${Failed} one=${one} keys=${keys}
        href=${measurements(place.value, { ...filterOf(one.key), ...outcomeOf(one, keys) })} />` },
  ]} />
  <p class="notes">${capital(metricTitle(metric))} of ${data.exact ? 'all values, exact.' : 'many values: within 1 % of the exact quantiles.'}</p>`;
}
