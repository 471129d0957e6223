// Whether anything is broken, in one sentence, and thresholds where there are some.
import { html } from '../parts/html.js';
import { State } from '../parts/small.js';
import { Table } from '../parts/table.js';
import { elsewhere, measurements } from '../state/address.js';
import { place } from '../state/place.js';
import { status } from '../state/status.js';
import { dayAgo, now } from '../state/clock.js';
import { failsOften, isMissed, outcomeOf } from '../text/failing.js';
import { counted, countText, percentText, spanText, valueText } from '../text/format.js';
import { filterOf, labelOf } from '../text/words.js';

export function Health({ figures }) {
  const known = status.value;
  if (!known) return null;
  const series = (figures ?? []).flatMap(({ answer }) => answer.data.series);
  const wrong = [...faults(known), ...failures(series)];
  const tors = known.tors ?? [];
  const of = (field) => series.reduce((sum, one) => sum + one[field], 0);
  const failed = of('failed');
  const all = of('n') + failed;
  const counts = all > 0 ? `Of ${counted(all, 'measurement')} in 24 hours, ${percentText(failed, all)} failed.` : '';
  if (wrong.length === 0) {
    const running = known.started_at ? `${counted(known.experiments.length, 'experiment')} on time, ${tors.length === 1 ? 'tor is' : `${countText(tors.length)} tors are`} ready. ` : '';
    return html`<p class="health good"><${State} good>${known.started_at ? (figures ? 'Everything runs' : 'On time') : 'Stored results'}</${State}> <span>${running}${counts}</span></p>`;
  }
  return html`<div class="health bad"><${State} good=${false}>${counted(wrong.length, 'thing')} ${wrong.length === 1 ? 'needs' : 'need'} a look</${State}> <span>${counts}</span>
    <ul>${wrong.slice(0, 8).map((text) => html`<li>${text}</li>`)}</ul>
    <a href=${elsewhere(place.value, 'status')}>Status</a></div>`;
}

function failures(series) {
  const keys = series.map((one) => one.key);
  return series.filter(failsOften).map((one) => {
    const [name, counts, what] = isMissed(one, keys)
      ? [one.key.experiment, counted(one.failed, 'slot'), 'did not begin']
      : [labelOf(one.key, keys), `${countText(one.failed)} of ${countText(one.n + one.failed)}`, 'failed'];
    return html`${name}: <a href=${measurements(place.value, { ...filterOf(one.key), since: dayAgo(), until: '', ...outcomeOf(one, keys) })}>${counts}</a> ${what} in 24 hours.`;
  });
}

// Sentences; none where all is well.
function faults(known) {
  const at = now();
  const since = (then) => (then ? `for ${spanText(at - then)}` : 'yet');
  return [
    ...(known.tors ?? []).filter((one) => !one.ready).map((one) => `tor ${one.name} is not ready: ${one.up ? `bootstrapped to ${one.bootstrap} %` : 'it does not run'}.`),
    ...(known.experiments ?? []).filter((one) => one.stale).map((one) => `${one.name}: no success ${since(one.last_ok_at)}${one.last_outcome && one.last_outcome !== 'ok' ? `, last ${one.last_outcome}` : ''}.`),
    ...failing(known.alerts).map((one) => `${one.name}: ${one.reason || 'the threshold is passed'}.`),
  ];
}

const rules = (alerts) => (Array.isArray(alerts) ? alerts : alerts?.rules) ?? [];
const failing = (alerts) => rules(alerts).filter((one) => one.state === 'failing');

export function Alerts() {
  const all = rules(status.value?.alerts);
  if (all.length === 0) return null;
  const value = (one, field) => (['us', 'bit/s', 'share'].includes(one.unit) ? valueText(one.unit, one[field]) : `${one[field] ?? '–'} ${one.unit ?? ''}`);
  return html`<h3>Thresholds</h3><${Table} caption="Thresholds" rows=${all} columns=${[
    { title: 'rule', text: true, of: (one) => one.name, show: (one) => one.name },
    { title: 'state', text: true, of: (one) => one.state, show: (one) => (one.state === 'no data' ? one.state : html`<${State} good=${one.state === 'ok'}>${one.state}</${State}>`) },
    { title: 'value', show: (one) => value(one, 'value') },
    { title: 'threshold', show: (one) => value(one, 'threshold') },
    { title: 'why', text: true, long: true, show: (one) => one.reason },
  ]} />`;
}
