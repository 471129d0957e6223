// The same question about the time that each kind of measurement takes to its end: a download's
// last byte, a resolution’s answer, a page fully loaded. Always as many questions, some of them of
// nothing: so hooks want it.
import { useAnswer, filters } from './answer.js';
import { list } from './place.js';
import { experiments } from './status.js';

const ENDS = [
  ['ttlb', ['download', 'upload', 'allocation']],
  ['answer', ['resolve']],
  ['fully_loaded', ['page']],
];

// [{metric, answer}], one for each end that something is measured of.
export function useEnds(path, params, options) {
  const wanted = list('kind');
  const known = new Set(experiments().map((one) => one.kind));
  return ENDS.map(([metric, kinds]) => {
    const chosen = kinds.filter((kind) => (wanted.length ? wanted.includes(kind) : known.size === 0 || known.has(kind)));
    const answer = useAnswer(chosen.length ? path : null, { metric, ...filters(['kind']), kind: chosen, ...params }, options);
    return { metric, answer, asked: chosen.length > 0 };
  }).filter((one) => one.asked);
}

// Of several answers one: loading while one has nothing yet, in trouble where one is.
export function together(ends) {
  const answers = ends.map((one) => one.answer);
  const data = answers.some((one) => one.data === null) ? null : ends;
  return {
    data,
    error: answers.find((one) => one.error)?.error ?? null,
    loading: answers.some((one) => one.loading),
    stale: answers.some((one) => one.stale),
  };
}
