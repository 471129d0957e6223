// How values spread: by size, target, arm, source.
import { html } from '../parts/html.js';
import { Choice } from '../parts/filters.js';
import { Distributions, ofKind } from '../parts/distributions.js';
import { Answered, Nothing } from '../parts/states.js';
import { filters, useAnswer } from '../state/answer.js';
import { param } from '../state/place.js';
import { METRICS, metricTitle } from '../text/words.js';
import { BY, grouped } from '../text/grouped.js';

export function DistributionsView() {
  const metric = param('metric', 'ttlb');
  const by = param('by', 'size');
  const answer = useAnswer('distribution', { metric, ...filters(['outcome']) });
  return html`<p class="lead">
      <${Choice} name="metric" title="of" otherwise="ttlb" options=${METRICS.map((one) => [one, metricTitle(one)])} />
      <${Choice} name="by" title="compared by" otherwise="size" options=${BY.map((one) => [one, one])} /></p>
    <${Answered} answer=${answer} isEmpty=${(data) => data.series.every((one) => one.n === 0)} height=${300}
        nothing=${html`<${Nothing} say=${`Nothing with a ${metricTitle(metric)} was measured in this span of time.`} />`}>
      ${(all) => [ofKind(all, metric)].map((data) => html`${grouped(data.series, by).length === 0 ? html`<${Nothing} say=${`No series differ in their ${by} here: compare them by something else.`} />` : null}
        <${Distributions} answer=${answer} data=${data} by=${by} metric=${metric} />`)}
    </${Answered}>`;
}
