// The part of the address behind '#', which tells a view and what it shows:
//
//   #/failures?since=24h&experiment=a&experiment=b       #/measurement/01K…
//
// Pure functions.

// What stays the same when another view is chosen.
const SHARED = ['since', 'until', 'source', 'experiment', 'arm', 'kind', 'target'];
const MORE = ['tor-version', 'relay', 'without-relay', 'build-timeout'];
export const FILTERS = [...SHARED.slice(2), ...MORE, 'outcome'];

export function parse(hash) {
  const text = hash.replace(/^#?\/?/, '');
  const [path, query = ''] = text.split(/\?(.*)/s);
  const [view, ...rest] = path.split('/').map(decode);
  const params = {};
  for (const [name, value] of new URLSearchParams(query)) if (value !== '') (params[name] ??= []).push(value);
  return { view: view || 'overview', id: rest.join('/'), params };
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a lone % that a person typed
  }
}

export function format({ view, id = '', params = {} }) {
  const path = [view, ...(id ? [id] : [])].map(encodeURIComponent).join('/');
  const query = queryText(params);
  return `#/${path}${query ? `?${query}` : ''}`;
}

// Without what is empty; a list gives its name several times. Commas and colons stay readable.
export function queryText(params) {
  const out = new URLSearchParams();
  for (const [name, value] of Object.entries(params))
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined && one !== null && one !== '') out.append(name, one);
  return out.toString().replace(/%2C/g, ',').replace(/%3A/g, ':');
}

// The address of another view with the same span and filters.
export function elsewhere(place, view) {
  const params = {};
  for (const name of SHARED) if (place.params[name]) params[name] = place.params[name];
  return format({ view, params });
}

// The same view with some parameters changed; undefined takes one away.
export function changed(place, changes) {
  const params = { ...place.params };
  for (const [name, value] of Object.entries(changes))
    if (value === undefined || value === null || value === '' || value.length === 0) delete params[name];
    else params[name] = Array.isArray(value) ? value : [value];
  return format({ ...place, params });
}

// Where single measurements are listed: those of this view's filter, narrowed by `more`.
export function measurements(place, more) {
  const params = {};
  for (const name of [...SHARED, ...MORE]) if (place.params[name]) params[name] = place.params[name];
  for (const [name, value] of Object.entries(more)) params[name] = Array.isArray(value) ? value : [value];
  return format({ view: 'measurements', params });
}
