// How fast is Tor right now, how does that compare with the day before, and is anything broken?
import { html } from '../parts/html.js';
import { Answered, Nothing } from '../parts/states.js';
import { Table } from '../parts/table.js';
import { Ago, Failed, State } from '../parts/small.js';
import { Smokes } from '../parts/smokes.js';
import { SMOKE_KEY } from '../plot/smoke.js';
import { smokeData } from '../plot/smoke_data.js';
import { Spark } from '../plot/spark.js';
import { format, measurements } from '../state/address.js';
import { dayAgo, now } from '../state/clock.js';
import { steps } from '../state/steps.js';
import { together, useEnds } from '../state/ends.js';
import { place } from '../state/place.js';
import { status } from '../state/status.js';
import { DAY, valueText } from '../text/format.js';
import { isMissed, outcomeOf } from '../text/failing.js';
import { filterOf, keyText, labelOf, metricTitle, unitOf, whatOf } from '../text/words.js';
import { changeText } from '../text/change.js';
import { Alerts, Health } from './health.js';

const between = (from, to) => () => ({ since: now() - from, until: now() - to, relative: to === 0 });
const today = between(DAY, 0);
const dayBefore = between(2 * DAY, DAY);

export function Overview() {
  const figures = useEnds('distribution', { points: 20 }, { span: today });
  const before = useEnds('distribution', { points: 20 }, { span: dayBefore });
  const series = useEnds('series', { points: steps(240) });
  const known = together(figures);
  const plots = together(series);
  return html`<${Health} figures=${known.data} />
    <section aria-labelledby="figures"><h2 id="figures">Last 24 hours against the 24 hours before</h2>
      <${Answered} answer=${known} isEmpty=${(ends) => ends.every(({ answer }) => answer.data.series.length === 0)}
          nothing=${html`<${Nothing} say="Nothing was measured in the last 24 hours." />`}>
        ${(ends) => html`<${Figures} ends=${ends} before=${before} series=${series} />`}
      </${Answered}>
      <${Alerts} />
    </section>
    <section aria-labelledby="overtime"><h2 id="overtime">Over time</h2>${SMOKE_KEY}
      <${Answered} answer=${plots} isEmpty=${(ends) => ends.every(({ answer }) => answer.data.series.length === 0)}>
        ${(ends) => html`<${Smokes} parts=${ends.map(({ metric, answer }) => ({ metric, data: answer.data, span: answer.span }))}
          href=${(key) => format({ view: 'experiment', id: key.experiment, params: place.value.params })} />`}
      </${Answered}>
    </section>`;
}

function Figures({ ends, before, series }) {
  const rows = ends.flatMap(({ metric, answer }, end) => answer.data.series.map((one) => {
    const same = (other) => keyText(other.key) === keyText(one.key);
    const drawn = series[end]?.answer.data;
    const shape = drawn?.series.find(same);
    return {
      ...one,
      metric,
      unit: unitOf(metric),
      was: before[end]?.answer.data?.series.find(same),
      spark: shape ? smokeData(shape, drawn.step_us) : null,
      state: status.value?.experiments?.find((each) => each.name === one.key.experiment),
    };
  }));
  const keys = rows.map((row) => row.key);
  const since = dayAgo();
  const all = (row, more = {}) => measurements(place.value, { ...filterOf(row.key), metric: row.metric, since, until: '', ...more });
  return html`<${Table} caption="Each experiment in the last 24 hours, against the 24 hours before" rows=${rows} cards columns=${[
    {
      title: 'experiment', text: true, of: (row) => labelOf(row.key, keys),
      show: (row) => html`<a href=${format({ view: 'experiment', id: row.key.experiment, params: place.value.params })}>${labelOf(row.key, keys)}</a>
        <span class="sub">${isMissed(row, keys) ? 'slots that did not begin' : `${whatOf(row.key)}: ${metricTitle(row.metric)}`}</span>`,
    },
    { title: 'median', of: (row) => row.quantiles.p50, show: (row) => html`<a class="big" href=${all(row)}>${valueText(row.unit, row.quantiles.p50)}</a>` },
    { title: 'a day before', of: (row) => ratio(row), show: (row) => html`<${Change} row=${row} />` },
    { title: '95 %', of: (row) => row.quantiles.p95, show: (row) => valueText(row.unit, row.quantiles.p95) },
    { title: 'over time', text: true, show: (row) => (row.spark ? html`<${Spark} data=${row.spark} />` : null) },
    { title: 'failed', of: (row) => share(row), show: (row) => html`<${Failed} one=${row} keys=${keys} href=${all(row, outcomeOf(row, keys))} />` },
    { title: 'measured', of: (row) => row.n + row.failed, show: (row) => html`<a href=${all(row, isMissed(row, keys) ? outcomeOf(row, keys) : {})}>${row.n + row.failed}</a>` },
    { title: 'last one', of: (row) => row.state?.last_at, show: (row) => html`<${Freshness} of=${row.state} />` },
  ]} />`;
}

const ratio = (row) => (row.was?.quantiles.p50 ? row.quantiles.p50 / row.was.quantiles.p50 : null);
const share = (row) => row.failed / Math.max(1, row.n + row.failed);

function Change({ row }) {
  const found = changeText(row.quantiles.p50, row.was?.quantiles.p50, row.unit);
  if (!found) return html`<span class="quiet">none to compare with</span>`;
  return html`<span class=${`change ${found.worse ? 'worse' : ''}`} title=${`median ${valueText(row.unit, row.was.quantiles.p50)} in the 24 hours before (n = ${row.was.n})`}>${found.text}</span>`;
}

function Freshness({ of }) {
  if (!of) return '–';
  if (of.stale) return html`<${State} good=${false}>late, <${Ago} at=${of.last_at} /></${State}>`;
  return html`<${State} good=${!of.last_outcome || of.last_outcome === 'ok'}><${Ago} at=${of.last_at} /></${State}>`;
}
