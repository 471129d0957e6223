// Which series are drawn in one plot, so that they can be compared in one respect. Pure functions.
import { sizeText } from './format.js';
import { nameOf, plural } from './words.js';

const size = (key) => (key.filesize > 0 && key.kind !== 'page' ? sizeText(key.filesize) : '');
const words = (...parts) => parts.filter(Boolean).join(', ');

const WAYS = {
  // All of an experiment: its arms.
  experiment: { same: (key) => key.experiment, title: (key) => key.experiment, label: (key) => key.arm || key.experiment },
  arm: { same: (key) => key.experiment, title: (key) => key.experiment, label: (key) => key.arm, only: (key) => key.arm !== '' },
  size: {
    same: (key) => words(key.kind, key.target),
    title: (key) => words(plural(key.kind), key.target),
    label: (key) => words(size(key), nameOf(key)),
    only: (key) => key.filesize > 0 && key.kind !== 'page',
  },
  target: {
    same: (key) => words(key.kind, size(key)),
    title: (key) => words(size(key), plural(key.kind)),
    label: (key) => words(key.target, nameOf(key)),
  },
  source: { same: (key) => words(nameOf(key), key.target, size(key)), title: (key) => nameOf(key), label: (key) => key.source },
};
export const BY = Object.keys(WAYS);

// [{title, lines: [{label, ...series}]}]; labels within a group differ.
export function grouped(series, by) {
  const { same, title, label, only = () => true } = WAYS[by] ?? WAYS.experiment;
  const groups = new Map();
  for (const one of series) {
    if (!only(one.key)) continue;
    const name = same(one.key);
    if (!groups.has(name)) groups.set(name, { title: title(one.key), lines: [] });
    groups.get(name).lines.push({ ...one, label: label(one.key) });
  }
  for (const group of groups.values())
    for (const line of group.lines) {
      const twins = group.lines.filter((other) => other.label === line.label);
      if (twins.length > 1)
        for (const twin of twins) twin.label = words(twin.label, size(twin.key), twin.key.target, twin.key.source);
    }
  return [...groups.values()];
}
