// A table that can be sorted by its heads and scrolled by keys where it is too wide.
import { useState } from 'preact/hooks';
import { html } from './html.js';

// columns: [{title, of(row) -> value to sort by, show(row) -> content, text (left, no number)}].
export function Table({ caption, columns, rows, sorted, most = 30, cards = false }) {
  const [order, set] = useState(sorted ?? { at: -1, down: true });
  const [all, showAll] = useState(false);
  const column = columns[order.at];
  const shown = column ? [...rows].sort((a, b) => compare(column.of(a), column.of(b)) * (order.down ? -1 : 1)) : rows;
  const turn = (at) => set({ at, down: order.at === at ? !order.down : !columns[at].text });
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${caption}>
    <table class=${cards ? 'cards' : ''}>
      <caption class="hidden">${caption}</caption>
      <thead><tr>${columns.map((one, at) => html`<th scope="col" class=${one.text ? 'text' : ''}
          aria-sort=${order.at === at ? (order.down ? 'descending' : 'ascending') : undefined}>
        ${one.of ? html`<button onClick=${() => turn(at)}>${one.title}<span aria-hidden="true">${order.at === at ? (order.down ? ' ▾' : ' ▴') : ''}</span></button>` : one.title}</th>`)}</tr></thead>
      <tbody>${shown.slice(0, all ? shown.length : most).map((row) => html`<tr>${columns.map((one, at) => {
        const cell = at === 0 ? 'th' : 'td';
        return html`<${cell} scope=${at === 0 ? 'row' : undefined} data-title=${one.title}
          class=${`${one.text ? 'text' : ''} ${one.long ? 'long' : ''}`}>${one.show(row)}</${cell}>`;
      })}</tr>`)}</tbody>
    </table></div>
    ${shown.length > most && !all ? html`<p class="tools"><button onClick=${() => showAll(true)}>All ${shown.length} rows</button></p>` : null}`;
}

function compare(a, b) {
  if (a === b) return 0;
  if (a === null || a === undefined) return -1;
  if (b === null || b === undefined) return 1;
  return a < b ? -1 : 1;
}
