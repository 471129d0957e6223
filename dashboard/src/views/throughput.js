// How fast payload flows: over time and as distributions.
import { html } from '../parts/html.js';
import { Choice } from '../parts/filters.js';
import { Distributions } from '../parts/distributions.js';
import { Smokes } from '../parts/smokes.js';
import { Answered, Nothing } from '../parts/states.js';
import { SMOKE_KEY } from '../plot/smoke.js';
import { filters, useAnswer } from '../state/answer.js';
import { steps } from '../state/steps.js';
import { format } from '../state/address.js';
import { param, place } from '../state/place.js';
import { capital, isRate, METRICS, metricTitle } from '../text/words.js';

const NOTES = {
  throughput: 'The whole payload over the time from its first to its last byte.',
  'throughput_0.5_1_mib': 'From 0.5 to 1 MiB, as Tor Metrics has it: downloads of 1 MiB and more.',
  throughput_4_5_mib: 'From 4 to 5 MiB, as Tor Metrics has it: downloads of 5 MiB and more.',
};

export function Throughput() {
  const metric = param('metric', 'throughput');
  const series = useAnswer('series', { metric, points: steps(240), ...filters(['outcome']) });
  const spread = useAnswer('distribution', { metric, ...filters(['outcome']) });
  const nothing = html`<${Nothing} say="Nothing with a throughput was measured in this span of time." >
    <p>Downloads and uploads have one.</p></${Nothing}>`;
  return html`<p class="lead"><${Choice} name="metric" title="of" otherwise="throughput"
      options=${METRICS.filter(isRate).map((one) => [one, metricTitle(one)])} /> ${NOTES[metric]}</p>
    ${SMOKE_KEY}
    <${Answered} answer=${series} isEmpty=${(data) => data.series.every((one) => one.rows.length === 0)} nothing=${nothing}>
      ${(data) => html`<${Smokes} parts=${[{ data: valued(data), metric, span: series.span }]}
        href=${(key) => format({ view: 'experiment', id: key.experiment, params: { ...place.value.params, metric: [metric] } })} />`}
    </${Answered}>
    <h2>${capital(metricTitle(metric))} by size</h2>
    <${Answered} answer=${spread} isEmpty=${(data) => data.series.every((one) => one.n === 0)} nothing=${nothing}>
      ${(data) => html`<${Distributions} answer=${spread} data=${valued(data)} by="size" metric=${metric} />`}
    </${Answered}>`;
}

// Kinds that have no throughput at all are no part of this.
const valued = (data) => ({ ...data, series: data.series.filter((one) => ['download', 'upload'].includes(one.key.kind)) });
