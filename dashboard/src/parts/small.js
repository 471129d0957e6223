// Small things that many views show.
import { html } from './html.js';
import { tick } from '../state/clock.js';
import { isMissed } from '../text/failing.js';
import { agoText, countText, momentText, percentText, spanText } from '../text/format.js';
import { format } from '../state/address.js';

export const Ago = ({ at }) => (at ? html`<time title=${`${momentText(at)} UTC`}>${agoText(tick.value - at)}</time>` : '–');

// Of something that comes.
export const In = ({ at }) => (at ? html`<time title=${`${momentText(at)} UTC`}>${at > tick.value ? `in ${spanText(at - tick.value)}` : 'now'}</time>` : '–');

export const Moment = ({ at }) => (at ? html`<time>${momentText(at)}</time>` : '–');

// A sign and a word, so that colour alone tells nothing.
export const State = ({ good, children }) =>
  html`<span class=${`state ${good ? 'good' : 'bad'}`}><span aria-hidden="true">${good ? '✓' : '✗'}</span> ${children}</span>`;

export const Outcome = ({ code }) => html`<${State} good=${code === 'ok'}>${code}</${State}>`;

export const ToMeasurement = ({ id, children }) =>
  html`<a href=${format({ view: 'measurement', id })}>${children ?? html`<code>${id}</code>`}</a>`;

// A share with a bar as long; a link to what it counts. `plain`: it is nothing bad.
export const Share = ({ part, whole, href, plain }) => {
  const text = percentText(part, whole);
  return html`<span class="share"><span class="track" aria-hidden="true"><span class=${part ? `fill ${plain ? 'plain' : ''}` : ''}
    style=${{ width: `${whole ? (100 * part) / whole : 0}%` }}></span></span>${href && part ? html`<a href=${href}>${text}</a>` : text}</span>`;
};

// The share of a series that failed. `keys`: of all series beside it.
export const Failed = ({ one, keys, href }) =>
  isMissed(one, keys)
    ? html`<a href=${href}>${countText(one.failed)} missed</a>`
    : html`<${Share} part=${one.failed} whole=${one.n + one.failed} href=${href} />`;

export const Fingerprint = ({ of }) => html`<code title=${of}>${of ? of.replace(/^\$/, '').slice(0, 8) : '–'}</code>`;
