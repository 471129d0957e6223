// A whole perfd for the tests of its page: `perfd demo`, with the private network that belongs to it.
//
// PERFD_BINARY is the program. PERFD_DASHBOARD_ADDRESS, where it is set, is a perfd that runs
// already and has results of every kind.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export class Station {
  constructor() {
    this.address = process.env.PERFD_DASHBOARD_ADDRESS ?? null;
    this.lines = [];
  }

  async start() {
    if (this.address) return;
    this.folder = mkdtempSync(join(tmpdir(), 'perfd-dashboard.'));
    this.child = spawn(process.env.PERFD_BINARY, ['demo', '--data', this.folder], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.ended = new Promise((resolve) => this.child.on('exit', resolve));
    for (const stream of [this.child.stdout, this.child.stderr])
      createInterface({ input: stream }).on('line', (line) => {
        this.lines.push(line);
        this.address ??= /(http:\/\/[0-9.:]+)\//.exec(line)?.[1] ?? null;
      });
    await eventually(() => this.address, 60, () => `no address from perfd demo:\n${this.lines.join('\n')}`);
  }

  // Kinds that have a success.
  async kinds() {
    const answer = await fetch(`${this.address}/api/v1/measurements?outcome=ok&limit=1000&fields=kind`);
    if (!answer.ok) return new Set();
    return new Set((await answer.json()).rows.map(([kind]) => kind));
  }

  async stop() {
    if (!this.child) return;
    this.child.kill('SIGINT');
    await this.ended;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export async function eventually(check, seconds, why = () => 'it never came to pass') {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await check();
    if (found) return found;
    if (Date.now() > end) throw new Error(why());
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
