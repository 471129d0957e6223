// What failed, when, and of what.
import { html } from '../parts/html.js';
import { Figure, Key } from '../parts/figure.js';
import { Failed, Share } from '../parts/small.js';
import { outcomeOf } from '../text/failing.js';
import { Answered } from '../parts/states.js';
import { Table } from '../parts/table.js';
import { zoomTo } from '../parts/smokes.js';
import { Stack } from '../plot/stack.js';
import { STYLES } from '../plot/theme.js';
import { filters, useAnswer } from '../state/answer.js';
import { records } from '../state/fetch.js';
import { measurements } from '../state/address.js';
import { goTo, place } from '../state/place.js';
import { countText, counted, isoText, percentText } from '../text/format.js';
import { failureGroup, filterOf, labelOf, whatOf } from '../text/words.js';

const toOutcome = (outcome, more = {}) => measurements(place.value, { outcome, ...more });

export function Failures() {
  const answer = useAnswer('failures', { points: 100, ...filters(['outcome']) });
  return html`<${Answered} answer=${answer} isEmpty=${(data) => data.total === 0} height=${300}>
    ${(data) => html`<${All} data=${data} answer=${answer} />`}
  </${Answered}>`;
}

function All({ data, answer }) {
  const outcomes = records(data.outcomes).filter((one) => one.outcome !== 'ok').sort((a, b) => b.n - a.n);
  const { buckets, legend } = stacked(data, outcomes);
  const series = records(data.by_series);
  const keys = series;
  return html`<p class="lead"><strong>${percentText(data.failed, data.total)}</strong> of ${counted(data.total, 'measurement')} failed${data.failed ? html`: <a href=${toOutcome('failed')}>${countText(data.failed)}</a>` : ''}.</p>
    <${Figure} title="Failures over time" csv=${answer.csv} wide keys=${html`<${Key} entries=${legend.map((name, style) => ({
      label: name, style, swatch: 'box', href: name === OTHERS ? undefined : toOutcome(name) }))} />`}>
      <${Stack} buckets=${buckets} step=${data.step_us} span=${answer.span} zoom=${zoomTo}
        label=${`Failures over time: ${data.failed} of ${data.total} failed${outcomes[0] ? `, most of them ${outcomes[0].outcome}` : ''}`}
        pick=${(from, to) => goTo(toOutcome('failed', { since: isoText(Math.max(from, data.since)), until: isoText(Math.min(to, data.until)) }))} />
    </${Figure}>
    <div class="pair">
    <section><h2>By kind of failure</h2>
    ${outcomes.length === 0 ? html`<p class="nothing">Nothing failed.</p>` : html`<${Table} caption="Failures by code" rows=${outcomes} columns=${[
      { title: 'code', text: true, of: (one) => one.outcome, show: (one) => html`<a href=${toOutcome(one.outcome)}><code>${one.outcome}</code></a>` },
      { title: 'whose', text: true, long: true, of: (one) => failureGroup(one.outcome), show: (one) => failureGroup(one.outcome) },
      { title: 'n', of: (one) => one.n, show: (one) => html`<a href=${toOutcome(one.outcome)}>${countText(one.n)}</a>` },
      { title: 'of all', of: (one) => one.n, show: (one) => html`<${Share} part=${one.n} whole=${data.total} />` },
    ]} />`}</section>
    <section><h2>By experiment</h2>
    <${Table} caption="Failures by experiment" rows=${series} sorted=${{ at: 1, down: true }} columns=${[
      { title: 'series', text: true, of: (one) => labelOf(one, keys), show: (one) => html`${labelOf(one, keys)} <span class="sub">${whatOf(one)}</span>` },
      { title: 'failed', of: (one) => one.failed / Math.max(1, one.n), show: (one) => html`<${Failed} one=${{ key: one, n: one.n - one.failed, failed: one.failed }} keys=${keys} href=${toOutcome(outcomeOf({ key: one, n: one.n - one.failed }, keys).outcome, filterOf(one))} />` },
      { title: 'n', of: (one) => one.failed, show: (one) => html`${countText(one.failed)} of ${countText(one.n)}` },
    ]} /></section></div>`;
}

const OTHERS = 'others';

// Bars of the most frequent codes, and of all others together.
function stacked(data, outcomes) {
  const own = outcomes.slice(0, outcomes.length > STYLES ? STYLES - 1 : STYLES).map((one) => one.outcome);
  const legend = outcomes.length > own.length ? [...own, OTHERS] : own;
  const byTime = new Map();
  for (const { at, outcome, n } of records(data.series)) {
    if (!byTime.has(at)) byTime.set(at, { at, total: 0, counts: legend.map(() => 0) });
    const bucket = byTime.get(at);
    bucket.total += n;
    if (outcome !== 'ok') bucket.counts[own.includes(outcome) ? own.indexOf(outcome) : legend.length - 1] += n;
  }
  const buckets = [...byTime.values()].sort((a, b) => a.at - b.at).map(({ at, total: all, counts }) => ({
    at, total: all, parts: counts.map((n, style) => ({ name: legend[style], n, style })).filter((part) => part.n > 0),
  }));
  return { buckets, legend };
}
