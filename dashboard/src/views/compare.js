// Whether two of something differ: arms, sources, versions of tor, periods; each difference with
// the interval that holds it.
import { html } from '../parts/html.js';
import { Choice } from '../parts/filters.js';
import { State } from '../parts/small.js';
import { Answered, Nothing } from '../parts/states.js';
import { Table } from '../parts/table.js';
import { filters, useAnswer } from '../state/answer.js';
import { measurements } from '../state/address.js';
import { records } from '../state/fetch.js';
import { change, list, param, place } from '../state/place.js';
import { percentText, sizeText, valueText } from '../text/format.js';
import { isRate, metricTitle, unitOf } from '../text/words.js';

const WAYS = [['arm', 'arms'], ['source', 'sources'], ['version', 'versions of tor'], ['period', 'periods']];

const RATE = 'failure_rate';
const COMPARED = ['ttfb', 'ttlb', 'throughput', 'answer', 'fcp', 'lcp', 'load', 'fully_loaded', RATE];

export function Compare() {
  const by = param('by', 'arm');
  const metric = param('metric', 'ttfb');
  const sides = { a: list('a')[0], b: list('b')[0] };
  const answer = useAnswer('comparisons', { by, metric, ...filters(['outcome']), ...sides });
  return html`<p class="lead">
      <${Choice} name="by" title="compare" otherwise="arm" options=${WAYS} clears=${{ a: undefined, b: undefined }} />
      <${Choice} name="metric" title="in" otherwise="ttfb" options=${COMPARED.map((one) => [one, metricTitle(one)])} /></p>
    <${Sides} by=${by} sides=${sides} key=${by + sides.a + sides.b} />
    <${Answered} answer=${answer} isEmpty=${(data) => data.rows.length === 0} height=${260} nothing=${html`<${Nothing} say=${
      by === 'arm' ? 'No experiment with arms was measured in this span of time.' : `There are no two ${WAYS.find(([name]) => name === by)?.[1]} to compare in this span of time.`} />`}>
      ${(data) => html`<${All} data=${data} by=${by} csv=${answer.csv} />`}
    </${Answered}>`;
}

function Sides({ by, sides }) {
  const given = (event) => {
    event.preventDefault();
    const of = new FormData(event.currentTarget);
    change({ a: of.get('a').trim() || undefined, b: of.get('b').trim() || undefined });
  };
  const example = { arm: 'plain', source: 'op-de1', version: '0.4.8', period: '2026-10-01..2026-11-01' }[by];
  return html`<form class="sides" onSubmit=${given}>
    <label>first<input name="a" defaultValue=${sides.a ?? ''} placeholder=${`all, or ${example}`} /></label>
    <label>second<input name="b" defaultValue=${sides.b ?? ''} /></label>
    <button>Compare</button></form>`;
}

const word = (row) => (row.differ ? (row.difference > 0 === isRate(row.metric) ? 'better' : 'worse') : 'no difference');

function All({ data, by, csv }) {
  const rows = records(data);
  const reach = Math.max(...rows.flatMap((row) => [Math.abs(row.low ?? 0), Math.abs(row.high ?? 0)])) || 1;
  const side = (row, which) => {
    const value = row[which];
    // Of sides the experiment is told with its arm.
    const [experiment, arm] = by === 'arm' ? [row.experiment] : row.experiment.split('/');
    const of = { experiment, ...(arm ? { arm } : {}), ...(row.metric === RATE ? {} : { metric: row.metric }) };
    if (by === 'period') {
      const [since, until] = value.split('..');
      return measurements(place.value, { ...of, since, until });
    }
    return measurements(place.value, { ...of, [by === 'version' ? 'tor-version' : by]: value });
  };
  const middle = rows[0].metric === RATE ? 'rate' : 'median';
  const difference = (row) => `${row.difference > 0 ? '+' : '−'}${valueText(unitOf(row.metric), Math.abs(row.difference))}`;
  return html`<ul class="says">${rows.map((row) => html`<li>${sentence(row)}</li>`)}</ul>
    <${Table} caption="Comparisons" rows=${rows} columns=${[
      { title: 'experiment', text: true, of: (row) => row.experiment, show: (row) => html`${row.experiment} <span class="sub">${[row.target, row.filesize ? sizeText(row.filesize) : ''].filter(Boolean).join(', ')}</span>` },
      { title: 'first', text: true, of: (row) => row.a, show: (row) => html`<a href=${side(row, 'a')}>${row.a}</a>` },
      { title: middle, of: (row) => row.p50_a, show: (row) => valueText(unitOf(row.metric), row.p50_a) },
      { title: 'second', text: true, of: (row) => row.b, show: (row) => html`<a href=${side(row, 'b')}>${row.b}</a>` },
      { title: middle, of: (row) => row.p50_b, show: (row) => valueText(unitOf(row.metric), row.p50_b) },
      { title: 'second less first', of: (row) => row.difference, show: (row) => (row.difference === null ? '–' : difference(row)) },
      { title: `interval, ±${valueText(unitOf(rows[0].metric), reach)}`, text: true, show: (row) => (row.low === null ? '–' : html`<${Interval} row=${row} reach=${reach} />`) },
      { title: 'told', text: true, of: word, show: (row) => (row.note && row.difference === null ? 'too few' : row.differ ? html`<${State} good=${word(row) !== 'worse'}>${word(row)}</${State}>` : '≈ no difference') },
      { title: 'n', text: true, show: (row) => `${row.n_a} and ${row.n_b}` },
      { title: 'failed', text: true, show: (row) => `${percentText(row.failed_a, row.n_a + row.failed_a)} and ${percentText(row.failed_b, row.n_b + row.failed_b)}` },
    ]} />
    <p class="tools"><a href=${csv} download>CSV</a></p>`;
}

const what = (row) => (row.metric === RATE ? '' : 'median ') + metricTitle(row.metric);

function sentence(row) {
  const unit = unitOf(row.metric);
  const where = `${row.experiment}: `;
  if (row.difference === null) return where + (row.note ? `${row.b} against ${row.a}: ${row.note.replace(/\.$/, '')}.` : `too few measurements to compare ${row.b} with ${row.a}.`);
  const level = Math.round((row.level ?? 0.95) * 100);
  const from = valueText(unit, Math.abs(row.low));
  const to = valueText(unit, Math.abs(row.high));
  if (!row.differ)
    return `${where}no difference can be told between ${row.b} and ${row.a} in the ${what(row)}: it may be ${from} ${row.low < 0 ? 'less' : 'more'} to ${to} ${row.high < 0 ? 'less' : 'more'} (${level} % interval).`;
  const [least, most] = Math.abs(row.low) < Math.abs(row.high) ? [from, to] : [to, from];
  return `${where}${row.b} has a ${what(row)} ${valueText(unit, Math.abs(row.difference))} ${row.difference > 0 ? 'greater' : 'less'} than ${row.a} (${level} % interval ${least} to ${most}).`;
}

function Interval({ row, reach }) {
  const x = (value) => `${(50 + (50 * value) / reach).toFixed(2)}%`;
  return html`<span class="interval" role="img" aria-label=${`from ${valueText(unitOf(row.metric), row.low)} to ${valueText(unitOf(row.metric), row.high)}`}>
    <span class="zero"></span><span class=${`reach ${row.differ ? word(row) : ''}`} style=${{ left: x(row.low), width: `${(50 * (row.high - row.low)) / reach}%` }}></span>
    <span class="middle" style=${{ left: x(row.difference) }}></span></span>`;
}
