// First hops: how fast and how reliable they were, and which were chosen when.
import { html } from '../parts/html.js';
import { Ago, Fingerprint, Moment, Share } from '../parts/small.js';
import { Answered, Nothing } from '../parts/states.js';
import { Table } from '../parts/table.js';
import { filters, useAnswer } from '../state/answer.js';
import { measurements } from '../state/address.js';
import { records } from '../state/fetch.js';
import { place } from '../state/place.js';
import { countText, timeText } from '../text/format.js';

const to = (row, more = {}) => measurements(place.value, { relay: row.fingerprint, ...(row.source ? { source: row.source } : {}), ...more });
const time = (us) => (us === null || us === undefined ? '–' : timeText(us));

export function Guards() {
  const answer = useAnswer('guards', filters());
  return html`<${Answered} answer=${answer} isEmpty=${(data) => data.rows.length === 0 && !data.choices?.rows.length} height=${240}
      nothing=${html`<${Nothing} say="No measurement of this span of time tells its first hop." />`}>
    ${(data) => html`<${Table} caption="First hops of measurements" rows=${records(data)} sorted=${{ at: 3, down: true }} columns=${[
        { title: 'relay', text: true, of: (row) => row.nickname, show: (row) => html`<a href=${to(row)}>${row.nickname || 'unnamed'}</a>` },
        { title: 'fingerprint', text: true, of: (row) => row.fingerprint, show: (row) => html`<${Fingerprint} of=${row.fingerprint} />` },
        { title: 'source', text: true, of: (row) => row.source, show: (row) => row.source },
        { title: 'used', of: (row) => row.n, show: (row) => html`<a href=${to(row)}>${countText(row.n)}</a>` },
        { title: 'of all', of: (row) => row.share, show: (row) => html`<${Share} part=${row.share} whole=${1} plain />` },
        { title: 'failed', of: (row) => row.failed / row.n, show: (row) => html`<${Share} part=${row.failed} whole=${row.n} href=${to(row, { outcome: 'failed' })} />` },
        { title: 'first byte, median', of: (row) => row.ttfb_p50, show: (row) => time(row.ttfb_p50) },
        { title: 'last byte, median', of: (row) => row.ttlb_p50, show: (row) => time(row.ttlb_p50) },
        { title: 'first used (UTC)', of: (row) => row.first_at, show: (row) => html`<${Moment} at=${row.first_at} />` },
        { title: 'last used', of: (row) => row.last_at, show: (row) => html`<${Ago} at=${row.last_at} />` },
      ]} />
      <p class="tools"><a href=${answer.csv} download>CSV</a></p>
      <p class="notes">The first hop of the circuit that carried a measurement. A relay’s measurements are those that it carried at any position.</p>
      <h2>Choices</h2>
      ${data.choices?.rows.length ? html`<${Table} caption="The latest choices of guards" rows=${records(data.choices)} columns=${[
        { title: 'at (UTC)', text: true, of: (row) => row.at, show: (row) => html`<${Moment} at=${row.at} />` },
        { title: 'tor', text: true, of: (row) => row.instance, show: (row) => row.instance },
        { title: 'relay', text: true, of: (row) => row.nickname, show: (row) => html`${row.nickname} <${Fingerprint} of=${row.fingerprint} />` },
        { title: 'what', text: true, of: (row) => row.event, show: (row) => row.event },
      ]} />` : html`<p class="nothing">perfd chose no guards in this span of time: tor does, unless an instance has a policy (<code>guards</code>).</p>`}`}
  </${Answered}>`;
}
