import { openFilesEngine } from '../../src/engine/files/files-engine.ts';
import type { Engine } from '../../src/engine/port.ts';
import { parseAddress } from '../../src/engine/postgres/address.ts';
import { openPostgresEngine } from '../../src/engine/postgres/postgres-engine.ts';
import { append, keyOf } from './append.ts';

/** How another process opens the store under test, by the kind its subject names. */
const KINDS: Readonly<Record<string, (...where: string[]) => Engine>> = {
  files: (storage = '', gates = '') => openFilesEngine({ storage, gates }),
  postgres: (url = '') => openPostgresEngine({ address: parseAddress(url) }),
};

// Appends entries, or saves a draft, again and again beside others that do the same, and says what came of each that was
// answered. `hold` takes a turn and keeps it.
const [task = '', writer = '', count = '0', kind = '', ...where] = process.argv.slice(2);
const engine = KINDS[kind]?.(...where);
if (engine === undefined) throw new Error(`no engine of kind ${kind}`);
const say = (line: unknown) => process.stdout.write(`${JSON.stringify(line)}\n`);

if (task === 'hold') {
  await engine.turns.take(0);
  say('held');
  setInterval(() => undefined, 1_000);
}
for (let n = 0, next = 0; n < Number(count); ) {
  const text = JSON.stringify({ writer, n });
  if (task === 'draft') {
    const key = keyOf('c/d');
    const revision = ((await engine.drafts.newest(key))?.revision ?? 0) + 1;
    if ((await engine.drafts.insert({ key, revision, body: Buffer.from(text), live: true })) === 'conflict') continue;
    say({ index: revision, text });
  } else {
    while (engine.log.peek(next) === true) next++;
    if (!(await append(engine, next++, text))) continue;
    say({ index: next - 1, text });
  }
  n++;
}
if (task !== 'hold') await engine.close();
