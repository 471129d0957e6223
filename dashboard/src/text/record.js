// A measurement's record (docs/formats.md) as what its page shows. Pure functions.

// Marks of both ends in the order of their times: [{name, by, at, after, step, source, bound}].
export function marksOf(record) {
  const start = record.started_at;
  const of = (marks, sources, by) =>
    Object.entries(marks ?? {}).map(([name, at]) => {
      const told = sources?.[name] ?? sources?.['*'];
      return { name, by, at, after: at - start, source: told?.source ?? 'clock', bound: told?.bound_us ?? 0 };
    });
  const all = [...of(record.marks, record.mark_sources, 'client'), ...of(record.server, record.server_sources, 'server')];
  all.sort((a, b) => a.at - b.at);
  return all.map((mark, i) => ({ ...mark, step: i ? mark.at - all[i - 1].at : null }));
}

export function streamsOf(record) {
  const tor = record.tor ?? {};
  const all = [
    ...(tor.stream ? [tor.stream] : []),
    ...(record.page?.streams ?? []),
    ...(record.allocation?.streams ?? []).map((one) => one.stream).filter(Boolean),
  ];
  return [...new Map(all.map((one) => [one.id, one])).values()]; // a page's document has its own twice
}

// The hops of a circuit with the moment since which each was worked on, `before`: when the hop
// before it was there, the launch, or when a circuit that was there was taken for a new use.
export function hopsOf(circuit) {
  const taken = circuit.states?.find((state) => state.status === 'CANNIBALIZED')?.at ?? Infinity;
  return (circuit.path ?? []).map((hop, i, path) => {
    const before = i ? path[i - 1].extended_at : circuit.launched_at;
    return { ...hop, i, before: hop.extended_at > taken && before < taken ? taken : before };
  });
}

export const circuitsOf = (record) => [...(record.tor?.circuits ?? []), ...(record.tor?.onion?.circuits ?? [])];
