// What perfd itself does: its tors, its experiments and when they are due, its store.
import { html } from '../parts/html.js';
import { Ago, Fingerprint, In, State } from '../parts/small.js';
import { Table } from '../parts/table.js';
import { Trouble, Waiting } from '../parts/states.js';
import { format } from '../state/address.js';
import { connection } from '../state/live.js';
import { status, statusError } from '../state/status.js';
import { countText, dayText, spanText, storageText } from '../text/format.js';
import { plural } from '../text/words.js';
import { Alerts, Health } from './health.js';

export function Status() {
  const known = status.value;
  if (!known) return statusError.value ? html`<${Trouble} error=${statusError.value} />` : html`<${Waiting} />`;
  return html`<${Health} figures=${null} /><${Alerts} />
    <h2>Experiments</h2><${Experiments} rows=${known.experiments ?? []} />
    <h2>tor</h2><${Tors} rows=${known.tors ?? []} detail=${known.detail} />
    <h2>perfd</h2><dl class="facts">${facts(known).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
    <p class="tools"><a href="api/v1/status">JSON</a></p>`;
}

function Experiments({ rows }) {
  if (rows.length === 0) return html`<p class="nothing">No experiment is known.</p>`;
  const state = (one) => {
    if (one.running) return 'runs now';
    if (one.stale) return html`<${State} good=${false}>late</${State}>`;
    if (!one.last_outcome) return 'not yet measured';
    return html`<${State} good=${one.last_outcome === 'ok'}>${one.last_outcome}</${State}>`;
  };
  return html`<${Table} caption="Experiments" rows=${rows} columns=${[
    { title: 'experiment', text: true, of: (one) => one.name, show: (one) => html`<a href=${format({ view: 'experiment', id: one.name })}>${one.name}</a>` },
    { title: 'kind', text: true, of: (one) => one.kind, show: (one) => plural(one.kind) },
    { title: 'arms', text: true, show: (one) => (one.arms ?? []).join(', ') || '–' },
    { title: 'every', of: (one) => one.interval_us, show: (one) => (one.interval_us ? spanText(one.interval_us) : '–') },
    { title: 'state', text: true, show: state },
    { title: 'last', of: (one) => one.last_at, show: (one) => html`<${Ago} at=${one.last_at} />` },
    { title: 'last success', of: (one) => one.last_ok_at, show: (one) => html`<${Ago} at=${one.last_ok_at} />` },
    { title: 'next', of: (one) => one.next_at, show: (one) => html`<${In} at=${one.next_at} />` },
    { title: 'missed slots', of: (one) => one.missed, show: (one) => (one.missed === null || one.missed === undefined ? '–' : countText(one.missed)) },
  ]} />`;
}

function Tors({ rows, detail }) {
  if (rows.length === 0) return html`<p class="nothing">No tor runs: what is shown is what the store holds.</p>`;
  const more = (one) => detail?.tors?.find((each) => each.name === one.name);
  return html`<${Table} caption="tor instances" rows=${rows} columns=${[
    { title: 'name', text: true, of: (one) => one.name, show: (one) => html`<a href=${format({ view: 'circuits', params: { instance: [one.name] } })}>${one.name}</a>` },
    { title: 'state', text: true, of: (one) => one.ready, show: (one) => html`<${State} good=${one.ready}>${one.ready ? 'ready' : one.up ? 'starts' : 'down'}</${State}>` },
    { title: 'bootstrapped', of: (one) => one.bootstrap, show: (one) => html`<progress max="100" value=${one.bootstrap ?? 0}></progress> ${one.bootstrap ?? 0} %` },
    { title: 'version', text: true, of: (one) => one.version, show: (one) => one.version ?? '–' },
    ...(detail ? [
      { title: 'guards', text: true, long: true, show: (one) => (more(one)?.guards ?? []).map((guard, i) => html`${i ? ', ' : ''}${guard.nickname} <${Fingerprint} of=${guard.fingerprint} />`) },
      { title: 'open circuits', of: (one) => more(one)?.circuits_open, show: (one) => more(one)?.circuits_open ?? '–' },
      { title: 'last event', of: (one) => more(one)?.last_event_at, show: (one) => html`<${Ago} at=${more(one)?.last_event_at} />` },
      { title: 'last warning', text: true, long: true, show: (one) => more(one)?.last_warning || '–' },
    ] : []),
  ]} />
  ${detail ? null : html`<p class="notes">Guards, events and warnings are told only where perfd runs, or to who has its token.</p>`}`;
}

function facts({ vantage, version, started_at: started, store, detail }) {
  const live = { live: 'over one long answer, as they come', polling: 'asked for every 15 seconds', connecting: 'connecting' }[connection.value];
  return [
    ['vantage point', vantage],
    ['version', version],
    ['runs since', started ? html`<${Ago} at=${started} />` : 'not now: only its store is served'],
    ['news', live],
    ['store', store ? `${countText(store.measurements)} measurements${store.oldest_at ? ` since ${dayText(store.oldest_at)}` : ''}${store.bytes ? `, ${storageText(store.bytes)}` : ''}` : null],
    ['store’s file', detail?.store_path],
    ['process', detail?.pid],
    ['queues', detail?.queues ? Object.entries(detail.queues).map(([name, n]) => `${name.replaceAll('_', ' ')} ${typeof n === 'object' ? JSON.stringify(n) : n}`).join(', ') : null],
  ].filter(([, value]) => value !== null && value !== undefined);
}
