// How a value differs from one before, in words. Pure functions.

// {text, worse}; null where there is nothing to compare. Of times more is worse, of rates less.
export function changeText(value, was, unit) {
  if (!(was > 0) || !(value > 0)) return null;
  const more = value / was - 1;
  const percent = Math.round(Math.abs(more) * 100);
  if (percent < 3) return { text: 'as before', worse: false };
  const slower = unit === 'bit/s' ? more < 0 : more > 0;
  const size = more > 1 ? `${(value / was).toFixed(1)} times` : `${percent} %`;
  const word = more > 1 ? (slower ? 'as long' : 'as fast') : slower ? 'slower' : 'faster';
  return { text: `${slower ? '▲' : '▼'} ${size} ${word}`, worse: slower && more !== 0 && percent >= 10 };
}
