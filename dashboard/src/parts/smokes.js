// A smoke plot for each series of an answer of /api/v1/series.
import { html } from './html.js';
import { Figure } from './figure.js';
import { Table } from './table.js';
import { Smoke } from '../plot/smoke.js';
import { smokeData, topOf } from '../plot/smoke_data.js';
import { measurements, queryText } from '../state/address.js';
import { filters } from '../state/answer.js';
import { change, goTo, place } from '../state/place.js';
import { isoText, momentText, percentText, valueText } from '../text/format.js';
import { capital, filterOf, keyText, labelOf, metricTitle, whatOf } from '../text/words.js';

export const zoomTo = (from, to) => change({ since: isoText(Math.floor(from)), until: isoText(Math.ceil(to)) });

// The single measurements of a bucket of time: of the first and the last one, only that part was
// looked at which lies in the span.
const toBucket = (one, from, to) => {
  const [first, last] = one.seen;
  const within = { since: isoText(Math.max(from, first ?? from)), until: isoText(Math.min(to, last ?? to)) };
  return measurements(place.value, { ...filterOf(one.key), metric: one.metric, ...within });
};

// `parts`: [{data, metric, span}], one for each answer. `href(key)` where a title leads.
export function Smokes({ parts, href, sameScale }) {
  const keys = parts.flatMap(({ data }) => data.series.map((one) => one.key));
  const drawn = parts.flatMap(({ data, metric, span }) =>
    data.series.map((one) => ({ ...one, metric, span, seen: [data.since, data.until], unit: data.unit, data: smokeData(one, data.step_us) })));
  const top = sameScale && drawn.length ? topOf(drawn.map((one) => one.data)) : undefined;
  return html`<div class="plots">${drawn.map((one) => html`<${One} key=${`${one.metric}${keyText(one.key)}`} one=${one}
    label=${labelOf(one.key, keys)} top=${top} href=${href?.(one.key)} />`)}</div>`;
}

function One({ one, label, top, href }) {
  const { key, metric, unit, data, span } = one;
  const measured = sum(data.n) + sum(data.failed);
  const failed = sum(data.failed);
  const medians = data.p50.filter((value) => value !== null);
  const described = medians.length
    ? `${label}, ${metricTitle(metric)}: ${measured} measurements in ${data.x.length} steps, medians from ${valueText(unit, Math.min(...medians))} to ${valueText(unit, Math.max(...medians))}, ${percentText(failed, measured)} failed`
    : `${label}: none of ${measured} measurements succeeded`;
  return html`<${Figure} title=${label} href=${href} sub=${`${whatOf(key)}: ${metricTitle(metric)}`}
      csv=${`api/v1/series.csv?${queryText({ ...filters(['outcome']), metric, ...filterOf(key), since: Math.floor(span.since), until: Math.ceil(span.until), points: Math.floor((span.until - span.since) / data.step) + 2 })}`}
      numbers=${() => html`<${Buckets} one=${one} label=${label} />`}>
    <${Smoke} data=${data} unit=${unit} span=${span} top=${top} label=${described} zoom=${zoomTo}
      pick=${(from, to) => goTo(toBucket(one, from, to))} />
  </${Figure}>`;
}

function Buckets({ one, label }) {
  const { data, unit, metric } = one;
  const rows = data.x.map((_, i) => i).filter((i) => data.n[i] !== null);
  const value = (name) => ({ title: name, of: (i) => data[name][i], show: (i) => valueText(unit, data[name][i]) });
  return html`<${Table} caption=${`${label}, ${capital(metricTitle(metric))}`} rows=${rows.reverse()} columns=${[
    { title: 'from (UTC)', text: true, of: (i) => data.from[i], show: (i) => html`<a href=${toBucket(one, data.from[i], data.from[i] + data.step)}>${momentText(data.from[i])}</a>` },
    { title: 'n', of: (i) => data.n[i], show: (i) => data.n[i] },
    { title: 'failed', of: (i) => data.failed[i], show: (i) => data.failed[i] },
    value('p5'), value('p25'), { ...value('p50'), title: 'median' }, value('p75'), value('p95'),
  ]} />`;
}

const sum = (values) => values.reduce((all, one) => all + (one ?? 0), 0);
