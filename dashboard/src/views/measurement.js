// One measurement: what it was, its drawing on an axis of time, and all that is known of it.
import { html } from '../parts/html.js';
import { Figure } from '../parts/figure.js';
import { Moment, Outcome, State } from '../parts/small.js';
import { Answered } from '../parts/states.js';
import { Table } from '../parts/table.js';
import { Waterfall } from '../parts/waterfall.js';
import { useAnswer } from '../state/answer.js';
import { format } from '../state/address.js';
import { place } from '../state/place.js';
import { countText, momentText, sizeText, timeText } from '../text/format.js';
import { nameOf } from '../text/words.js';
import { marksOf, circuitsOf, hopsOf, streamsOf } from '../text/record.js';

export function Measurement() {
  const { id } = place.value;
  const answer = useAnswer(`measurements/${encodeURIComponent(id)}`, {}, { span: null, live: false });
  return html`<${Answered} answer=${answer} height=${400}>${(record) => html`<${Record} record=${record} id=${id} />`}</${Answered}>`;
}

function Record({ record, id }) {
  const base = `api/v1/measurements/${encodeURIComponent(id)}`;
  const experiment = format({ view: 'experiment', id: record.experiment });
  return html`<dl class="facts">${facts(record, experiment).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
    <p class="tools"><a href=${base}>JSON</a>${record.kind === 'page' ? html` <a href=${`${base}.har`} download=${`${id}.har`}>HAR</a>` : null}</p>
    <${Waterfall} id=${id} what=${`${record.kind} ${nameOf(record)}`} />
    <${Marks} record=${record} />
    ${record.page ? html`<${Resources} resources=${record.page.resources ?? []} start=${record.started_at} />` : null}
    <${Streams} streams=${streamsOf(record)} start=${record.started_at} />
    <${Circuits} circuits=${circuitsOf(record)} start=${record.started_at} />`;
}

function facts(record, experiment) {
  const tor = record.tor ?? {};
  const out = [
    ['experiment', html`<a href=${experiment}>${nameOf(record)}</a>`],
    ['what', [record.kind, record.filesize ? sizeText(record.filesize) : '', record.target].filter(Boolean).join(', ')],
    ['outcome', html`<${Outcome} code=${record.outcome} />`],
    ['failed', record.error ? `${record.error.operation}: ${record.error.detail || record.error.code}` : null],
    ['started', record.started_at ? `${momentText(record.started_at)} UTC` : 'never: its slot was missed'],
    ['queued', record.started_at && record.started_at > record.scheduled_at ? timeText(record.started_at - record.scheduled_at) : null],
    ['at', record.source],
    ['tor', [tor.instance, tor.version].filter(Boolean).join(', ')],
    ['guards', record.guards && record.guards !== 'default' ? String(record.guards) : null],
    ['first hop', tor.guard ? html`<a href=${format({ view: 'measurements', params: { relay: [tor.guard] } })}><code>${tor.guard}</code></a>` : null],
    ['payload', record.payload_bytes ? `${countText(record.payload_bytes)} bytes as they should be` : null],
    ['read, written', record.readbytes || record.writebytes ? `${countText(record.readbytes)} and ${countText(record.writebytes)} bytes` : null],
    ['resolved', record.resolved],
    ['HTTP status', record.http_status],
    ['id', html`<code>${record.id}</code>`],
  ];
  return out.filter(([, value]) => value !== null && value !== undefined && value !== '');
}

function Marks({ record }) {
  const rows = marksOf(record);
  if (rows.length === 0) return html`<p class="nothing">It reached no mark.</p>`;
  return html`<h2>Marks</h2><${Table} caption="Marks" rows=${rows} most=${200} columns=${[
    { title: 'mark', text: true, of: (row) => row.name, show: (row) => html`<code>${row.name}</code>` },
    { title: 'by', text: true, of: (row) => row.by, show: (row) => row.by },
    { title: 'after', of: (row) => row.after, show: (row) => timeText(row.after) },
    { title: 'since the one before', of: (row) => row.step, show: (row) => (row.step === null ? '–' : timeText(row.step)) },
    { title: 'up to so much earlier', of: (row) => row.bound, show: (row) => (row.bound ? timeText(row.bound) : '–') },
    { title: 'stamped by', text: true, of: (row) => row.source, show: (row) => row.source },
    { title: 'at (UTC)', text: true, of: (row) => row.at, show: (row) => html`<${Moment} at=${row.at} />` },
  ]} />`;
}

function Resources({ resources, start }) {
  const after = (at) => (at ? timeText(at - start) : '–');
  return html`<h2>Resources</h2><${Table} caption="Resources of the page" rows=${resources} columns=${[
    { title: 'address', text: true, long: true, of: (one) => one.url, show: (one) => one.url },
    { title: 'status', of: (one) => one.status, show: (one) => (one.error ? html`<${State} good=${false}>${one.error}</${State}>` : one.status ?? '–') },
    { title: 'type', text: true, of: (one) => one.type, show: (one) => one.type },
    { title: 'connection', of: (one) => one.connection, show: (one) => one.connection ?? '–' },
    { title: 'requested after', of: (one) => one.requested_at, show: (one) => after(one.requested_at) },
    { title: 'first byte after', of: (one) => one.response_start, show: (one) => after(one.response_start) },
    { title: 'over after', of: (one) => one.response_end, show: (one) => after(one.response_end) },
    { title: 'bytes', of: (one) => one.bytes_received, show: (one) => countText(one.bytes_received ?? 0) },
  ]} />`;
}

function Streams({ streams, start }) {
  if (streams.length === 0) return null;
  return html`<h2>${streams.length === 1 ? 'Stream' : 'Streams'}</h2><${Table} caption="States of streams"
    rows=${streams.flatMap((stream) => (stream.states ?? []).map((state) => ({ ...state, stream })))} columns=${[
      { title: 'stream', of: (row) => row.stream.id, show: (row) => row.stream.id },
      { title: 'target', text: true, of: (row) => row.stream.target, show: (row) => row.stream.target ?? '–' },
      { title: 'state', text: true, of: (row) => row.status, show: (row) => html`<code>${row.status}</code>` },
      { title: 'circuit', text: true, show: (row) => row.detail ?? '–' },
      { title: 'after', of: (row) => row.at, show: (row) => timeText(row.at - start) },
    ]} />`;
}

function Circuits({ circuits, start }) {
  if (circuits.length === 0) return null;
  const from = (at, launched) => (at ? timeText(at - launched) : '–');
  return html`<h2>${circuits.length === 1 ? 'Circuit' : 'Circuits'}</h2>${circuits.map((circuit) => html`<${Figure}
      title=${`Circuit ${circuit.id}`} sub=${[circuit.purpose, circuit.build_flags, circuit.conflux_id ? 'leg of a conflux set' : '', circuit.failed ? `failed: ${circuit.reason ?? ''}` : ''].filter(Boolean).join(', ')}>
    <p class="notes">Launched ${circuit.launched_at ? (circuit.launched_at < start ? `${timeText(start - circuit.launched_at)} before the measurement` : `${timeText(circuit.launched_at - start)} after its start`) : 'at an unknown time'}${circuit.built_at ? `, built ${from(circuit.built_at, circuit.launched_at)} later` : ', never built'}.</p>
    <${Table} caption=${`Hops of circuit ${circuit.id}`} rows=${hopsOf(circuit)} columns=${[
      { title: 'hop', text: true, show: (hop) => hop.i + 1 },
      { title: 'relay', text: true, show: (hop) => html`<a href=${format({ view: 'measurements', params: { relay: [hop.fingerprint] } })}>${hop.nickname || 'unnamed'}</a>` },
      { title: 'fingerprint', text: true, show: (hop) => html`<code>${hop.fingerprint}</code>` },
      { title: 'after launch', show: (hop) => from(hop.extended_at, circuit.launched_at) },
      { title: 'this hop alone', show: (hop) => (hop.before ? from(hop.extended_at, hop.before) : '–') },
    ]} /></${Figure}>`)}`;
}
