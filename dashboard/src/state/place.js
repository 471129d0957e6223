// Where the reader is: the address as a signal, and ways to go elsewhere.
import { signal } from '@preact/signals';
import { changed, parse } from './address.js';

export const place = signal(parse(location.hash));

addEventListener('hashchange', () => {
  place.value = parse(location.hash);
});

export const goTo = (hash) => {
  location.hash = hash;
};
// Other parameters of the same view. A step back leads to what was before.
export const change = (changes) => goTo(changed(place.value, changes));
export const param = (name, otherwise) => place.value.params[name]?.[0] ?? otherwise;
export const list = (name) => place.value.params[name] ?? [];
