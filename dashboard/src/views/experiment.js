// One experiment: its percentiles over time, every single measurement, and its distribution.
import { useMemo } from 'preact/hooks';
import { html } from '../parts/html.js';
import { Figure } from '../parts/figure.js';
import { Answered, Nothing } from '../parts/states.js';
import { Choice } from '../parts/filters.js';
import { Distributions } from '../parts/distributions.js';
import { Smokes, zoomTo } from '../parts/smokes.js';
import { Dots } from '../plot/dots.js';
import { SMOKE_KEY } from '../plot/smoke.js';
import { column } from '../state/fetch.js';
import { filters, useAnswer } from '../state/answer.js';
import { steps } from '../state/steps.js';
import { format } from '../state/address.js';
import { goTo, param, place } from '../state/place.js';
import { experiments } from '../state/status.js';
import { endOf, KIND_METRICS, metricTitle, unitOf } from '../text/words.js';

const MOST_DOTS = 100000;

export function Experiment() {
  const name = place.value.id;
  const known = experiments().find((one) => one.name === name);
  const metrics = known?.metrics ?? KIND_METRICS[known?.kind] ?? ['ttfb', 'ttlb'];
  const metric = param('metric', known ? endOf(known.kind) : 'ttlb');
  const asked = { ...filters(['experiment', 'outcome']), experiment: name, metric };
  const series = useAnswer('series', { ...asked, points: steps(400, [name]) });
  const spread = useAnswer('distribution', asked);
  const dots = useAnswer('measurements', { ...asked, limit: MOST_DOTS, order: 'newest', fields: 'at,value,outcome,id' });
  return html`<p class="lead"><${Choice} name="metric" title="shown" otherwise=${known ? endOf(known.kind) : 'ttlb'}
      options=${metrics.map((one) => [one, metricTitle(one)])} />
      <a href=${format({ view: 'measurements', params: { ...place.value.params, experiment: [name] } })}>All measurements</a></p>
    ${SMOKE_KEY}
    <${Answered} answer=${series} isEmpty=${(data) => data.series.length === 0}
        nothing=${html`<${Nothing} say=${`No measurements of ${name} in this span of time.`} />`}>
      ${(data) => html`<div class="one"><${Smokes} parts=${[{ data, metric, span: series.span }]} sameScale /></div>`}
    </${Answered}>
    <h2>Every single one</h2>
    <${Answered} answer=${dots} isEmpty=${(data) => data.rows.length === 0}>
      ${(data) => html`<${Singles} data=${data} metric=${metric} name=${name} answer=${dots} />`}
    </${Answered}>
    <h2>Distribution</h2>
    <${Answered} answer=${spread} isEmpty=${(data) => data.series.every((one) => one.n === 0)}>
      ${(data) => html`<${Distributions} answer=${spread} data=${data} by="experiment" metric=${metric} />`}
    </${Answered}>`;
}

function dotsOf(data) {
  const dots = {};
  for (const field of ['at', 'value', 'outcome', 'id']) dots[field] = column(data, field).reverse();
  // A value of what failed is none of a success: it stands at the foot like the others.
  dots.value = dots.value.map((value, i) => (dots.outcome[i] === 'ok' ? value : null));
  dots.x = dots.at.map((at) => at / 1e6);
  return dots;
}

function Singles({ data, metric, name, answer }) {
  const dots = useMemo(() => dotsOf(data), [data]);
  const more = data.next ? ` The newest ${MOST_DOTS} are drawn.` : '';
  return html`<${Figure} title=${`${name}: ${metricTitle(metric)}`} csv=${answer.csv} wide>
    <${Dots} dots=${dots} unit=${unitOf(metric)} span=${answer.span} zoom=${zoomTo}
      label=${`${data.rows.length} measurements of ${name}, ${metricTitle(metric)}, one dot each.${more}`}
      pick=${(id) => goTo(format({ view: 'measurement', id }))} />
    ${more ? html`<p class="notes">${more}</p>` : null}
  </${Figure}>`;
}
