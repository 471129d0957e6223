// How circuits are built: the time to each hop, and what became of those that were launched.
import { html } from '../parts/html.js';
import { Figure, Key } from '../parts/figure.js';
import { Choice } from '../parts/filters.js';
import { Fingerprint, Moment, Share, State } from '../parts/small.js';
import { Answered, Nothing } from '../parts/states.js';
import { Table } from '../parts/table.js';
import { Smokes } from '../parts/smokes.js';
import { Ecdf } from '../plot/ecdf.js';
import { SMOKE_KEY } from '../plot/smoke.js';
import { filters, useAnswer } from '../state/answer.js';
import { steps } from '../state/steps.js';
import { records } from '../state/fetch.js';
import { param } from '../state/place.js';
import { status } from '../state/status.js';
import { countText, timeText } from '../text/format.js';
import { hopLines } from '../text/hops.js';
import { METRICS, metricTitle } from '../text/words.js';

const HOPS = METRICS.filter((name) => /^(built|hop)_/.test(name));

export function Circuits() {
  const instance = param('instance');
  const metric = param('metric', 'built_3');
  const recent = useAnswer('circuits', { limit: 1000, instance });
  const results = useAnswer('circuit-results', { instance });
  const series = useAnswer('series', { metric, points: steps(240), ...filters(['outcome']) });
  const tors = (status.value?.tors ?? []).map((one) => one.name);
  return html`<p class="lead"><${Choice} name="instance" title="tor" otherwise="" options=${[['', 'all'], ...tors.map((one) => [one, one])]} /></p>
    <${Answered} answer=${recent} isEmpty=${(data) => data.rows.length === 0} height=${300}
        nothing=${html`<${Nothing} say="No circuit of this span of time has ended yet. Circuits are listed once they end, which a used one does ten minutes after its first use." />`}>
      ${(data) => html`<${Hops} circuits=${records(data)} answer=${recent} more=${data.next} />`}
    </${Answered}>
    <h2>What became of them</h2>
    <${Answered} answer=${results} isEmpty=${(data) => data.rows.length === 0} height=${100}>
      ${(data) => html`<${Results} rows=${records(data)} csv=${results.csv} />`}
    </${Answered}>
    <h2>Build time over time</h2>
    <p class="lead"><${Choice} name="metric" title="of measurements’ circuits" otherwise="built_3" options=${HOPS.map((one) => [one, metricTitle(one)])} /></p>
    ${SMOKE_KEY}
    <${Answered} answer=${series} isEmpty=${(data) => data.series.every((one) => one.rows.every((row) => row[1] === 0))}>
      ${(data) => html`<${Smokes} parts=${[{ data: withValues(data), metric, span: series.span }]} sameScale />`}
    </${Answered}>
    <h2>The newest circuits that have ended</h2>
    <${Answered} answer=${recent} isEmpty=${(data) => data.rows.length === 0} nothing=${html`<${Nothing} say="None yet." />`}>${(data) => html`<${Newest} rows=${records(data)} />`}</${Answered}>`;
}

const withValues = (data) => {
  const n = (one) => one.rows.reduce((all, row) => all + row[one.columns.indexOf('n')], 0);
  return { ...data, series: data.series.filter((one) => n(one) > 0) };
};

function Hops({ circuits, answer, more }) {
  const since = hopLines(circuits, false);
  const alone = hopLines(circuits, true);
  const built = circuits.filter((one) => one.built_us !== null).length;
  const plot = (title, lines) => html`<${Figure} title=${title} sub=${`${countText(built)} built circuits${more ? ', the newest' : ''}`} csv=${answer.csv}
      keys=${html`<${Key} entries=${lines.map((line, style) => ({ label: `${line.label} (${line.n})`, style }))} />`}
      numbers=${() => html`<${Table} caption=${title} rows=${lines} columns=${[
        { title: 'hop', text: true, show: (line) => line.label },
        { title: 'n', show: (line) => line.n },
        ...[0.05, 0.25, 0.5, 0.75, 0.95].map((share) => ({ title: share === 0.5 ? 'median' : `${share * 100} %`, show: (line) => timeText(line.at(share)) })),
      ]} />`}>
    <${Ecdf} lines=${lines} unit="us" of="circuits" label=${`${title}: ${lines.map((line) => `${line.label}, median ${timeText(line.at(0.5))}`).join('; ')}`} />
  </${Figure}>`;
  if (since.length === 0) return html`<${Nothing} say="None of these circuits got as far as its first hop." />`;
  return html`<div class="plots">${plot('From the launch to each hop', since)}${plot('Each hop alone', alone)}</div>`;
}

function Results({ rows, csv }) {
  const all = {};
  for (const row of rows) all[row.instance] = (all[row.instance] ?? 0) + row.n;
  return html`<${Table} caption="Circuits by tor, result and reason" rows=${rows} sorted=${{ at: 3, down: true }} columns=${[
    { title: 'tor', text: true, of: (row) => row.instance, show: (row) => row.instance },
    { title: 'result', text: true, of: (row) => row.result, show: (row) => (row.result === 'closed' ? row.result : html`<${State} good=${row.result === 'built'}>${row.result}</${State}>`) },
    { title: 'reason', text: true, of: (row) => row.reason, show: (row) => (row.reason ? html`<code>${row.reason}</code>` : '–') },
    { title: 'circuits', of: (row) => row.n, show: (row) => countText(row.n) },
    { title: 'of this tor’s', of: (row) => row.n / all[row.instance], show: (row) => html`<${Share} part=${row.n} whole=${all[row.instance]} plain=${row.result !== 'failed'} />` },
  ]} /><p class="tools"><a href=${csv} download>CSV</a></p>`;
}

function Newest({ rows }) {
  const hop = (text) => {
    const [, fingerprint, nickname] = /^\$?([0-9A-F]{40})?[~=]?(.*)$/.exec(text) ?? [];
    return html`<span title=${text}>${nickname || html`<${Fingerprint} of=${fingerprint} />`}</span>`;
  };
  return html`<${Table} caption="The newest circuits" rows=${rows} columns=${[
    { title: 'launched (UTC)', text: true, of: (row) => row.launched_at, show: (row) => html`<${Moment} at=${row.launched_at} />` },
    { title: 'tor', text: true, of: (row) => row.instance, show: (row) => row.instance },
    { title: 'id', of: (row) => row.id, show: (row) => row.id },
    { title: 'purpose', text: true, of: (row) => row.purpose, show: (row) => row.purpose },
    { title: 'path', text: true, show: (row) => (row.path ?? []).map((one, i) => html`${i ? ' › ' : ''}${hop(one)}`) },
    { title: 'built after', of: (row) => row.built_us, show: (row) => (row.built_us === null ? '–' : timeText(row.built_us)) },
    { title: 'ended', text: true, of: (row) => row.reason, show: (row) => (row.failed ? html`<${State} good=${false}>${row.reason || 'failed'}</${State}>` : row.closed_at ? row.reason || 'closed' : 'open') },
  ]} />`;
}
