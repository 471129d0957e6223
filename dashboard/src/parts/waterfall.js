// The drawing of one measurement that perfd makes. As a picture it keeps its own styles; opened by
// itself, it tells more where the reader points.
import { useState } from 'preact/hooks';
import { html } from './html.js';

export function Waterfall({ id, what }) {
  const [failed, set] = useState(null);
  const address = `api/v1/measurements/${encodeURIComponent(id)}.svg`;
  if (failed === id) return html`<p class="nothing bad">The drawing could not be fetched.</p>`;
  return html`<div class="scroll picture" tabindex="0" role="region" aria-label=${`Waterfall of the ${what}`}>
    <img src=${address} alt=${`Waterfall of the ${what}; its numbers are in the tables`} onError=${() => set(id)} /></div>
    <p class="tools"><a href=${address}>Drawing by itself</a></p>`;
}
