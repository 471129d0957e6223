// How tor allots streams to circuits: each series of streams, which circuit carried each.
import { html } from '../parts/html.js';
import { Smokes } from '../parts/smokes.js';
import { Moment, Outcome, ToMeasurement } from '../parts/small.js';
import { Answered, Nothing } from '../parts/states.js';
import { Table } from '../parts/table.js';
import { SMOKE_KEY } from '../plot/smoke.js';
import { filters, useAnswer } from '../state/answer.js';
import { steps } from '../state/steps.js';
import { experiments } from '../state/status.js';
import { counted, countText, timeText } from '../text/format.js';
import { seriesOf } from '../text/allotted.js';

const NEWEST = 60;

export function Allocation() {
  const kind = { kind: 'allocation' };
  const answer = useAnswer('measurements.ndjson', { ...filters(['kind']), ...kind, limit: NEWEST }, { form: 'text' });
  const series = useAnswer('series', { metric: 'ttlb', points: steps(240), ...filters(['kind', 'outcome']), ...kind });
  const nothing = html`<${Nothing} say="No series of streams was measured in this span of time.">${
    experiments().some((one) => one.kind === 'allocation') ? null : html`<p>An experiment of <code>kind = "allocation"</code> measures them.</p>`}</${Nothing}>`;
  return html`<${Answered} answer=${answer} isEmpty=${(text) => seriesOf(text).length === 0} nothing=${nothing} height=${240}>
      ${(text) => html`<${Series} all=${seriesOf(text)} answer=${answer} />`}
    </${Answered}>
    <h2>Over time</h2>${SMOKE_KEY}
    <${Answered} answer=${series} isEmpty=${(data) => data.series.length === 0} nothing=${nothing}>
      ${(data) => html`<${Smokes} parts=${[{ data, metric: 'ttlb', span: series.span }]} />`}
    </${Answered}>`;
}

function Series({ all, answer }) {
  const middle = (values) => (values.length ? values.sort((a, b) => a - b)[values.length >> 1] : null);
  const circuits = middle(all.map((one) => one.circuits));
  const streams = middle(all.map((one) => one.streams.length));
  const waited = middle(all.flatMap((one) => one.streams.map((stream) => stream.waited)).filter((us) => us !== null));
  return html`<p class="lead">In the newest ${countText(all.length)} series a median of <strong>${countText(streams)} streams</strong> went over <strong>${counted(circuits, 'circuit')}</strong>${waited === null ? '' : html`, and waited <strong>${timeText(waited)}</strong> for one`}.
      <span class="tools"><a href=${answer.csv.replace('.ndjson.csv', '.csv')} download>CSV</a> <a href=${answer.address} download>NDJSON</a></span></p>
    <p class="notes">Each box is a stream, with the letter of the circuit that carried it; letters begin anew with each series. Several letters: it was moved, or both legs of a conflux set carried it.</p>
    <${Table} caption="Series of streams" rows=${all} columns=${[
      { title: 'at (UTC)', text: true, of: (one) => one.at, show: (one) => html`<${ToMeasurement} id=${one.id}><${Moment} at=${one.at} /></${ToMeasurement}>` },
      { title: 'experiment', text: true, of: (one) => one.name, show: (one) => one.name },
      { title: 'isolation', text: true, of: (one) => one.isolation, show: (one) => one.isolation },
      { title: 'outcome', text: true, of: (one) => one.outcome, show: (one) => html`<${Outcome} code=${one.outcome} />` },
      { title: 'circuits', of: (one) => one.circuits, show: (one) => one.circuits },
      { title: 'streams', text: true, show: (one) => html`<span class="boxes">${one.streams.map((stream) => html`<span
        class=${`box c${stream.letters.length === 1 ? stream.first % 6 : 'x'} ${stream.good ? '' : 'bad'}`}
        title=${`${stream.good ? 'ok' : stream.outcome}, waited ${stream.waited === null ? '–' : timeText(stream.waited)}, last byte ${stream.last === null ? '–' : timeText(stream.last)}`}>${stream.good ? stream.letters || '–' : `✗${stream.letters}`}</span>`)}</span>` },
      { title: 'waited, median', of: (one) => one.waited, show: (one) => (one.waited === null ? '–' : timeText(one.waited)) },
      { title: 'new circuits', of: (one) => one.fresh, show: (one) => one.fresh },
    ]} />`;
}
