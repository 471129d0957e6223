// What stands in the place of numbers while there are none: on their way, none, or in trouble.
import { html } from './html.js';

export const Waiting = ({ height = 190, what = 'Loading' }) =>
  html`<div class="waiting" style=${{ minHeight: `${height}px` }} role="status"><span>${what} …</span></div>`;

export const Nothing = ({ children, say = 'No measurements match in this span of time.' }) =>
  html`<div class="nothing"><p>${say}</p>${children}</div>`;

export const Trouble = ({ error }) =>
  html`<div class="nothing bad" role="alert"><p><strong>No answer:</strong> ${error.message}.</p>
    ${error.status && error.status < 500
      ? html`<p>The address asks for something that perfd does not have. Other filters, or another span of time, may help.</p>`
      : html`<p>perfd is asked again every few seconds.</p>`}</div>`;

// The children of an answer that has something; `isEmpty(data)` tells what is nothing.
export function Answered({ answer, isEmpty = () => false, height, nothing, children }) {
  if (answer.data === null && answer.error) return html`<${Trouble} error=${answer.error} />`;
  if (answer.data === null) return html`<${Waiting} height=${height} />`;
  if (answer.error?.status && answer.error.status < 500) return html`<${Trouble} error=${answer.error} />`;
  // Of one question, or of several.
  const parts = [answer.data].flat().map((one) => one.answer?.data ?? one);
  const left = parts.reduce((sum, one) => sum + (one.left_off ?? one.left_out ?? 0), 0);
  if (isEmpty(answer.data)) return nothing ?? html`<${Nothing} />`;
  return html`<div class=${answer.loading ? 'old' : ''} aria-busy=${answer.loading}>${children(answer.data)}
    ${parts.some((one) => one.sampled) ? html`<p class="notes">Only the newest measurements were looked at: there are too many.</p>` : null}
    ${left > 0 ? html`<p class="notes">${left} more are not shown: filters choose.</p>` : null}</div>`;
}
