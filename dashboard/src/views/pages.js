// Page loads in a real browser: when a person sees something, and when all has come.
import { html } from '../parts/html.js';
import { Choice } from '../parts/filters.js';
import { Smokes } from '../parts/smokes.js';
import { Moment, Outcome, ToMeasurement } from '../parts/small.js';
import { Answered, Nothing } from '../parts/states.js';
import { Table } from '../parts/table.js';
import { Waterfall } from '../parts/waterfall.js';
import { Moments } from '../plot/moments.js';
import { SMOKE_KEY } from '../plot/smoke.js';
import { filters, useAnswer } from '../state/answer.js';
import { steps } from '../state/steps.js';
import { format } from '../state/address.js';
import { records } from '../state/fetch.js';
import { param, place } from '../state/place.js';
import { experiments } from '../state/status.js';
import { timeText } from '../text/format.js';
import { KIND_METRICS, metricTitle, nameOf } from '../text/words.js';

export function Pages() {
  const metric = param('metric', 'fully_loaded');
  const own = { ...filters(['kind']), kind: 'page' };
  const spreads = KIND_METRICS.page.map((name) => ({ name, answer: useAnswer('distribution', { ...own, metric: name, points: 20 }) }));
  const series = useAnswer('series', { ...own, metric, points: steps(240) });
  const newest = useAnswer('measurements', { ...own, metric: 'fully_loaded', limit: 50 });
  const nothing = html`<${Nothing} say="No page was loaded in this span of time.">${
    experiments().some((one) => one.kind === 'page') ? null : html`<p>An experiment of <code>kind = "page"</code> loads pages in a Firefox.</p>`}</${Nothing}>`;
  const known = { data: spreads.every(({ answer }) => answer.data) ? spreads : null, error: spreads.find(({ answer }) => answer.error)?.answer.error, loading: spreads.some(({ answer }) => answer.loading) };
  return html`<h2>What a person waits for</h2>
    <${Answered} answer=${known} isEmpty=${(all) => all[0].answer.data.series.length === 0} nothing=${nothing}>
      ${(all) => html`<${Moments} spreads=${all.map(({ name, answer }) => ({ name, data: answer.data, csv: answer.csv }))} />`}
    </${Answered}>
    <h2>Over time</h2>
    <p class="lead"><${Choice} name="metric" title="of" otherwise="fully_loaded" options=${KIND_METRICS.page.map((one) => [one, metricTitle(one)])} /></p>
    ${SMOKE_KEY}
    <${Answered} answer=${series} isEmpty=${(data) => data.series.length === 0} nothing=${nothing}>
      ${(data) => html`<${Smokes} parts=${[{ data, metric, span: series.span }]} sameScale href=${(key) => format({ view: 'experiment', id: key.experiment, params: place.value.params })} />`}
    </${Answered}>
    <h2>The newest load</h2>
    <${Answered} answer=${newest} isEmpty=${(data) => data.rows.length === 0} nothing=${nothing} height=${400}>
      ${(data) => html`<${Newest} rows=${records(data)} csv=${newest.csv} />`}
    </${Answered}>`;
}

function Newest({ rows, csv }) {
  const good = rows.find((row) => row.outcome === 'ok') ?? rows[0];
  const time = (us) => (us === null || us === undefined ? '–' : timeText(us));
  return html`<p class="lead"><${ToMeasurement} id=${good.id}>${nameOf(good)}, <${Moment} at=${good.at} /></${ToMeasurement}></p>
    <${Waterfall} id=${good.id} what=${`page load of ${nameOf(good)}`} />
    <h2>Newest loads</h2>
    <${Table} caption="Newest page loads" rows=${rows} columns=${[
      { title: 'at (UTC)', text: true, of: (row) => row.at, show: (row) => html`<${ToMeasurement} id=${row.id}><${Moment} at=${row.at} /></${ToMeasurement}>` },
      { title: 'experiment', text: true, of: (row) => nameOf(row), show: (row) => nameOf(row) },
      { title: 'target', text: true, long: true, of: (row) => row.target, show: (row) => row.target },
      { title: 'outcome', text: true, of: (row) => row.outcome, show: (row) => html`<${Outcome} code=${row.outcome} />` },
      { title: 'first byte', of: (row) => row.ttfb, show: (row) => time(row.ttfb) },
      { title: 'fully loaded', of: (row) => row.value, show: (row) => time(row.value) },
    ]} /><p class="tools"><a href=${csv} download>CSV</a></p>`;
}
