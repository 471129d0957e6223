// When it is slow: the median of each hour of each weekday.
import { html } from '../parts/html.js';
import { Choice } from '../parts/filters.js';
import { Answered, Nothing } from '../parts/states.js';
import { filters, useAnswer } from '../state/answer.js';
import { measurements } from '../state/address.js';
import { records } from '../state/fetch.js';
import { list, param, place } from '../state/place.js';
import { usualSpan } from '../state/span.js';
import { displayUnit, percentText, valueText, WEEKDAYS } from '../text/format.js';
import { METRICS, metricTitle } from '../text/words.js';

const SHADES = 7;
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

export function Week() {
  const metric = param('metric', 'ttfb');
  const answer = useAnswer('heatmap', { metric, ...filters(['outcome']) });
  return html`<p class="lead"><${Choice} name="metric" title="median" otherwise="ttfb" options=${METRICS.map((one) => [one, metricTitle(one)])} />
      Over everything that the filters choose, UTC.</p>
    <${Answered} answer=${answer} isEmpty=${(data) => data.rows.length === 0} height=${300}
        nothing=${html`<${Nothing} say=${`Nothing with a ${metricTitle(metric)} was measured in this span of time.`} />`}>
      ${(data) => html`<${Grid} data=${data} metric=${metric} csv=${answer.csv} />`}
    </${Answered}>`;
}

function Grid({ data, metric, csv }) {
  const cells = records(data);
  const values = cells.map((cell) => cell.p50).filter((value) => value !== null).sort((a, b) => a - b);
  const low = values[0] ?? 0;
  const high = values.at(-1) ?? 0;
  // Three figures tell hours apart: ms as long as they have no more than four.
  const unit = displayUnit(data.unit, data.unit === 'us' && low < 1e6 && high < 10e6 ? low / 20 : high);
  const shade = (value) => (high > low ? Math.round(((value - low) / (high - low)) * (SHADES - 1)) : 0);
  const number = (value) => {
    const scaled = value / unit.divisor;
    return scaled.toFixed(scaled < 9.95 ? 2 : scaled < 99.5 ? 1 : 0);
  };
  const find = (weekday, hour) => cells.find((cell) => cell.weekday === weekday && cell.hour === hour);
  return html`<p class="notes scale">median in ${unit.name}: <span>${valueText(data.unit, low)}</span>
      ${Array.from({ length: SHADES }, (_, i) => html`<i class=${`h${i}`}></i>`)} <span>${valueText(data.unit, high)}</span>
      <span><b class="corner"></b> more than 5 % failed</span></p>
    <div class="scroll" tabindex="0" role="region" aria-label="Hours of the week"><table class="week">
      <caption class="hidden">Median ${metricTitle(metric)} by weekday and hour (UTC), in ${unit.name}</caption>
      <thead><tr><td></td>${HOURS.map((hour) => html`<th scope="col">${hour}</th>`)}</tr></thead>
      <tbody>${WEEKDAYS.map((name, weekday) => html`<tr><th scope="row">${name}</th>${HOURS.map((hour) => {
        const cell = find(weekday, hour);
        if (!cell) return html`<td class="none"><span title=${`${name} ${hour}:00: nothing measured`}></span></td>`;
        const failing = cell.failed / (cell.n + cell.failed) > 0.05;
        const text = `${name} ${hour}:00: median ${valueText(data.unit, cell.p50)}, n = ${cell.n}, ${percentText(cell.failed, cell.n + cell.failed)} failed`;
        return html`<td class=${`${cell.p50 === null ? 'none' : `h${shade(cell.p50)}`} ${failing ? 'failing' : ''}`}>
          <a href=${measurements(place.value, { metric, weekday, hour, since: list('since')[0] ?? usualSpan('week') })} title=${text} aria-label=${text}>${cell.p50 === null ? '✗' : number(cell.p50)}</a></td>`;
      })}</tr>`)}</tbody>
    </table></div>
    <p class="notes">The number of a cell is its median; it leads to the measurements of that hour.</p>
    <p class="tools"><a href=${csv} download>CSV</a></p>`;
}
