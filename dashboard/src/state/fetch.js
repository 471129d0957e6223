// Questions to perfd. Two views that ask the same at once share the answer.
import { signal } from '@preact/signals';

// Since when perfd does not answer, and what went wrong; null while all is well.
export const trouble = signal(null);

export class Refused extends Error {
  constructor(status, field, reason) {
    super(field ? `${field}: ${reason}` : reason);
    this.status = status;
  }
}

const underWay = new Map();

export function ask(address, form = 'json') {
  const key = `${form} ${address}`;
  const running = underWay.get(key);
  if (running) return running;
  const answer = question(address, form).finally(() => underWay.delete(key));
  underWay.set(key, answer);
  return answer;
}

const LONGEST_MS = 30000;

async function question(address, form) {
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort(), LONGEST_MS);
  try {
    const answer = await fetch(address, { signal: ending.signal });
    if (!answer.ok) throw await refusal(answer);
    const data = form === 'json' ? await answer.json() : await answer.text();
    trouble.value = null;
    return data;
  } catch (error) {
    const told = told_of(error);
    // A wrong question says nothing about perfd.
    if (!(told instanceof Refused) || told.status >= 500) trouble.value ??= { at: Date.now() * 1e3, why: told.message };
    throw told;
  } finally {
    clearTimeout(timer);
  }
}

function told_of(error) {
  if (error instanceof Refused) return error;
  if (error.name === 'AbortError') return new Error(`no answer within ${LONGEST_MS / 1000} s`);
  if (error instanceof SyntaxError) return new Error('the answer broke off');
  return new Error('perfd can’t be reached');
}

async function refusal(answer) {
  try {
    const { error } = await answer.clone().json();
    return new Refused(answer.status, error.field, error.reason);
  } catch {
    const text = await answer.text().catch(() => '');
    return new Refused(answer.status, null, text.trim().slice(0, 300) || `status ${answer.status}`);
  }
}

// {columns, rows} as objects.
export const records = (table) =>
  (table?.rows ?? []).map((row) => Object.fromEntries(table.columns.map((name, i) => [name, row[i]])));

// The values of one column.
export function column(table, name) {
  const at = table.columns.indexOf(name);
  return at < 0 ? table.rows.map(() => null) : table.rows.map((row) => row[at]);
}
