// Single measurements, the newest first: what every number of the other views is made of.
import { useEffect, useState } from 'preact/hooks';
import { html } from '../parts/html.js';
import { Moment, Outcome, ToMeasurement } from '../parts/small.js';
import { Answered, Nothing, Trouble } from '../parts/states.js';
import { Table } from '../parts/table.js';
import { currentSpan, filters, useAnswer } from '../state/answer.js';
import { changed, queryText } from '../state/address.js';
import { ask, records } from '../state/fetch.js';
import { list, param, place } from '../state/place.js';
import { countText, sizeText, timeText, valueText, WEEKDAYS } from '../text/format.js';
import { capital, metricTitle, nameOf, unitOf } from '../text/words.js';
import { hoursOf } from '../text/week.js';

const PAGE = 100;

export function Measurements() {
  const { weekday, hour } = place.value.params;
  const metric = param('metric');
  const asked = { ...filters(), metric };
  return html`<${Conditions} />${weekday && hour
    ? html`<${InHours} asked=${asked} weekday=${Number(weekday[0])} hour=${Number(hour[0])} key=${JSON.stringify([asked, weekday, hour])} />`
    : html`<${Newest} asked=${asked} />`}`;
}

// What the address asks for beside the filters that stand above, each with a way to leave it out.
function Conditions() {
  const told = [];
  for (const name of ['relay', 'without-relay', 'tor-version', 'build-timeout', 'outcome', 'target', 'weekday', 'hour'])
    for (const value of list(name))
      told.push({ name, text: name === 'weekday' ? WEEKDAYS[Number(value)] : name === 'hour' ? `${value}:00 to ${value}:59 UTC` : value });
  if (told.length === 0) return null;
  return html`<p class="lead">Only ${told.map(({ name, text }, i) => html`${i ? ', ' : ''}${name} <strong class="word">${text}</strong> <a class="quiet"
    href=${changed(place.value, name === 'weekday' || name === 'hour' ? { weekday: undefined, hour: undefined } : { [name]: undefined })}
    aria-label=${`without ${name} ${text}`}>✕</a>`)}</p>`;
}

function Newest({ asked }) {
  const answer = useAnswer('measurements', { ...asked, limit: PAGE, order: 'newest' });
  const [more, set] = useState({ rows: [], next: null, busy: false, error: null, of: null });
  // Further pages belong to the question that they were asked for.
  const identity = JSON.stringify([asked, place.value.params.since, place.value.params.until]);
  const further = more.of === identity ? more : { rows: [], next: null, busy: false, error: null };
  const cursor = more.of === identity ? further.next : answer.data?.next;
  const fetchMore = async () => {
    // What stands there now stays, also where new ones push it to the next page.
    const rows = further.rows.length ? further.rows : records(answer.data);
    set({ rows, next: cursor, of: identity, busy: true, error: null });
    try {
      const { since, until, relative } = currentSpan();
      const page = await ask(`api/v1/measurements?${queryText({ ...asked, since: Math.floor(since), until: relative ? undefined : Math.ceil(until), limit: PAGE, order: 'newest', cursor })}`);
      set({ of: identity, rows: [...rows, ...records(page)], next: page.next, busy: false, error: null });
    } catch (error) {
      set({ rows, next: cursor, of: identity, busy: false, error });
    }
  };
  return html`<${Answered} answer=${answer} isEmpty=${(data) => data.rows.length === 0 && !data.next} height=${400}>
    ${(data) => html`<${Rows} rows=${unique([...records(data), ...further.rows])} metric=${asked.metric} />
      ${further.error ? html`<${Trouble} error=${further.error} />` : null}
      <p class="tools">${cursor ? html`<button onClick=${fetchMore} disabled=${further.busy}>${further.busy ? 'Loading …' : `${PAGE} older ones`}</button>` : html`<span class="quiet">These are all.</span>`}
        <a href=${answer.csv} download>CSV</a> <a href=${answer.csv.replace('.csv', '.ndjson')} download>NDJSON</a></p>`}
  </${Answered}>`;
}

// New ones push others to the next page, where they come again.
const unique = (rows) => [...new Map(rows.map((row) => [row.id, row])).values()];

// Of an hour of the week: asked hour by hour, as many as the span has.
function InHours({ asked, weekday, hour }) {
  const [state, set] = useState({ rows: [], left: null, busy: true, error: null });
  const look = async (left, rows) => {
    set({ rows, left, busy: true, error: null });
    let found = 0;
    try {
      while (left.length > 0 && found < PAGE) {
        const [since, until, cursor] = left[0];
        const page = await ask(`api/v1/measurements?${queryText({ ...asked, since: Math.floor(since), until: Math.ceil(until), limit: 1000, order: 'newest', cursor })}`);
        rows = [...rows, ...records(page)];
        found += page.rows.length;
        left = [...(page.next ? [[since, until, page.next]] : []), ...left.slice(1)];
      }
      set({ rows, left, busy: false, error: null });
    } catch (error) {
      set({ rows, left, busy: false, error });
    }
  };
  useEffect(() => void look(hoursOf(currentSpan(), weekday, hour), []), []);
  return html`${state.error ? html`<${Trouble} error=${state.error} />` : null}<p class="notes">${countText(state.rows.length)} measurements of this hour of the week${state.busy ? ' so far …' : ''}.</p>
    ${state.rows.length ? html`<${Rows} rows=${state.rows} metric=${asked.metric} />` : state.busy || state.left.length ? null : html`<${Nothing} />`}
    ${!state.busy && state.left?.length ? html`<p class="tools"><button onClick=${() => look(state.left, state.rows)}>${state.error ? 'Try again' : 'Earlier weeks'}</button></p>` : null}`;
}

function Rows({ rows, metric }) {
  const time = (us) => (us === null || us === undefined ? '–' : timeText(us));
  const shown = metric && !['ttfb', 'ttlb'].includes(metric);
  return html`<${Table} caption="Measurements" rows=${rows} most=${5000} columns=${[
    { title: 'at (UTC)', text: true, of: (row) => row.at, show: (row) => html`<${ToMeasurement} id=${row.id}><${Moment} at=${row.at} /></${ToMeasurement}>` },
    { title: 'experiment', text: true, of: nameOf, show: nameOf },
    { title: 'kind', text: true, of: (row) => row.kind, show: (row) => row.kind },
    { title: 'target', text: true, of: (row) => row.target, show: (row) => html`<span class="ends" title=${row.target}>${row.target}</span>` },
    { title: 'size', of: (row) => row.filesize, show: (row) => (row.filesize ? sizeText(row.filesize) : '–') },
    { title: 'tor', text: true, of: (row) => row.instance, show: (row) => row.instance || '–' },
    { title: 'outcome', text: true, of: (row) => row.outcome, show: (row) => html`<${Outcome} code=${row.outcome} />` },
    { title: 'first byte', of: (row) => row.ttfb, show: (row) => time(row.ttfb) },
    { title: 'last byte', of: (row) => row.ttlb, show: (row) => time(row.ttlb) },
    ...(shown ? [{ title: capital(metricTitle(metric)), of: (row) => row.value, show: (row) => valueText(unitOf(metric), row.value) }] : []),
    ...(rows.some((row) => row.source !== rows[0].source) ? [{ title: 'source', text: true, of: (row) => row.source, show: (row) => row.source }] : []),
  ]} />`;
}
