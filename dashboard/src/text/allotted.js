// Records of series of streams as what the view shows of them. Pure functions.

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

// `text`: JSON lines, whole records. What is no series, or broken off, is passed by.
export function seriesOf(text) {
  return text.split('\n').filter(Boolean).map(parsed).filter((record) => record?.allocation).map(oneOf);
}

function parsed(line) {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

function oneOf(record) {
  const numbers = new Map(); // circuit to its place in the order of use
  const { allocation } = record;
  const streams = (allocation.streams ?? []).map((stream) => {
    const carried = (stream.stays ?? []).map(({ circuit_id: id }) => {
      if (!numbers.has(id)) numbers.set(id, numbers.size);
      return numbers.get(id);
    });
    return {
      good: stream.outcome === 'ok',
      outcome: stream.outcome,
      first: carried[0] ?? 0,
      letters: [...new Set(carried)].map((number) => LETTERS[number % LETTERS.length]).join(''),
      waited: stream.waited_us ?? null,
      last: stream.last_byte_us ?? null,
    };
  });
  const ages = (allocation.streams ?? []).flatMap((stream) => stream.stays ?? []);
  return {
    id: record.id,
    at: record.started_at,
    name: record.arm ? `${record.experiment}/${record.arm}` : record.experiment,
    outcome: record.outcome,
    isolation: allocation.isolation ?? '',
    circuits: allocation.circuits ?? numbers.size,
    waited: allocation.waited_us?.median ?? null,
    // Circuits that were launched after a stream had come.
    fresh: new Set(ages.filter((stay) => stay.origin === 'built').map((stay) => stay.circuit_id)).size,
    streams,
  };
}
