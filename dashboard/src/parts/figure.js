// A plot with its title, its key, and ways to its numbers: as a table below it, and as CSV.
import { useState } from 'preact/hooks';
import { html } from './html.js';

export function Figure({ title, href, sub, keys, csv, numbers, wide, children }) {
  return html`<figure class=${wide ? 'wide' : ''}>
    <figcaption>${href ? html`<a href=${href}>${title}</a>` : title}${sub ? html` <span class="sub">${sub}</span>` : null}</figcaption>
    ${keys}
    ${children}
    <div class="tools">${numbers ? html`<${Numbers} make=${numbers} />` : null}${csv ? html`<a href=${csv} download>CSV</a>` : null}</div>
  </figure>`;
}

// Made only when somebody wants to see it.
function Numbers({ make }) {
  const [open, set] = useState(false);
  return html`<details onToggle=${(event) => set(event.currentTarget.open)}>
    <summary>Numbers</summary>${open ? make() : null}</details>`;
}

export const Key = ({ entries }) =>
  html`<ul class="key">${entries.map(({ label, style, href, swatch = 'line' }) =>
    html`<li><span class=${`swatch ${swatch} s${style}`}></span>${href ? html`<a href=${href}>${label}</a>` : label}</li>`)}</ul>`;
