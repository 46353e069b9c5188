import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { expect, it } from 'vitest';
import { openPrivateKey } from '../../src/keys/formats/private-key-pem.ts';
import { createWorkplace } from '../cli/run-cli.ts';
import { openStore, type StorePaths } from '../store/open-store.ts';
import { makeVar, pathsBelow, puts } from '../store/temporary-var.ts';

const WORKER = fileURLToPath(new URL('key-worker.ts', import.meta.url));
const MAIN = join(import.meta.dirname, '..', '..', 'dist', 'main.js');
const POINTS = process.env['SLOW'] === '1' ? 20 : 6;
const passphrase = async () => 'a passphrase';

/** Starts the worker and kills it some time after it said so many lines: `point` goes from 0 to 19. */
async function workUntilKilled({ root }: StorePaths, action: string, point: number): Promise<void> {
  const child = spawn(process.execPath, [WORKER, root, action], { stdio: ['ignore', 'pipe', 'inherit'] });
  let lines = 0;
  let due = false;
  child.stdout.on('data', (chunk: Buffer) => {
    lines += chunk.toString().split('\n').length - 1;
    if (due || lines < 1 + (point % 4)) return;
    due = true;
    killAfter(child, point * 1.7);
  });
  expect(await once(child, 'close')).toEqual([null, 'SIGKILL']);
}

function killAfter(child: ChildProcess, ms: number): void {
  if (ms < 1) child.kill('SIGKILL');
  else setTimeout(() => child.kill('SIGKILL'), ms);
}

it(`a rotation killed at ${POINTS} points is done or not begun, and the next write finishes it`, async () => {
  const { paths, dispose } = await makeVar();
  try {
    for (let point = 0; point < POINTS; point++) {
      await workUntilKilled(paths, 'rotate', point);
      const store = await openStore({ paths });
      try {
        await store.writer.commit(puts({ a: `after kill ${point}` }));
        const { keys, signingKey } = await store.state.status();
        const active = keys.filter(({ state }) => state === 'active');
        expect(active.map(({ keyId }) => keyId)).toEqual([signingKey]);
        // Every key that the log names has its file; one in pending/ is a key of no commit.
        expect(keys.filter(({ present }) => !present)).toEqual([]);
        const named = new Set(keys.map(({ keyId }) => keyId));
        for (const keyId of store.keys.files.pendingKeyIds()) expect(named).not.toContain(keyId);
        expect((await store.reader.read('a')).verified).toBe(true);
      } finally {
        await store.close();
      }
    }
    const store = await openStore({ paths });
    expect((await store.maintenance.verify({})).findings).toEqual([]);
    expect((await store.state.status()).keys.length).toBeGreaterThan(POINTS / 2);
    await store.close();
  } finally {
    await dispose();
  }
}, 300_000);

it(`keys encrypt and decrypt killed at ${POINTS} points leave each file whole, as it was or as it shall be`, async () => {
  const { paths, dispose } = await makeVar();
  try {
    for (let point = 0; point < POINTS; point++) {
      await workUntilKilled(paths, 'encrypt', point);
      const names = readdirSync(paths.keys).filter((name) => name.endsWith('.key.pem'));
      expect(names).toHaveLength(1);
      for (const name of names) {
        const file = readFileSync(join(paths.keys, name));
        expect(file.toString('utf8')).toMatch(
          /^-----BEGIN (ENCRYPTED )?PRIVATE KEY-----\n[\s\S]+\n-----END \1?PRIVATE KEY-----\n$/,
        );
        expect(await openPrivateKey(file, await passphrase())).toHaveProperty('seed');
      }
      const store = await openStore({ paths, passphrase });
      await store.writer.commit(puts({ a: `after kill ${point}` }));
      await store.close();
    }
  } finally {
    await dispose();
  }
}, 300_000);

it(`a restore killed at ${POINTS} points is done or not begun, and the same command finishes it`, async () => {
  const place = await createWorkplace();
  try {
    for (const name of ['a', 'b', 'c']) expect((await place.run(['put', name, '-'], { stdin: name })).code).toBe(0);
    const identity = await generateX25519Identity();
    writeFileSync(place.path('identity'), `${identity}\n`, { mode: 0o600 });
    await place.json(['backup', '--out', 'all.age', '--recipient', await identityToRecipient(identity)]);
    const restore = ['backup', 'restore', 'all.age', '--identity', 'identity', '--to'];
    const began = performance.now();
    await place.json([...restore, 'whole']);
    const wholeMs = performance.now() - began;
    let cut = 0;
    for (let point = 0; point < POINTS; point++) {
      const to = `cut-${point}`;
      const child = spawn(process.execPath, [MAIN, ...restore, to], {
        cwd: place.folder,
        env: { PATH: process.env['PATH'], HOME: place.folder, CONFIG_STORE_VAR: place.path('var') },
        stdio: 'ignore',
      });
      // Nothing is in the target before the program has started: the points lie after that.
      killAfter(child, wholeMs * (0.4 + (0.7 * point) / POINTS));
      const [, signal] = (await once(child, 'close')) as [number | null, string | null];
      const paths = pathsBelow(place.path(to));
      if (signal === 'SIGKILL') cut++;
      const isDone = existsSync(join(paths.root, 'keys')) && !existsSync(join(paths.root, '.restored'));
      if (!isDone) expect(await place.run([...restore, to])).toMatchObject({ code: 0, stderr: '' });
      const store = await openStore({ paths });
      try {
        expect((await store.maintenance.verify({})).findings).toEqual([]);
        expect(Buffer.from((await store.reader.read('c')).bytes).toString()).toBe('c');
        await store.writer.commit(puts({ after: 'a restore' }));
      } finally {
        await store.close();
      }
      expect(readdirSync(paths.root).filter((name) => name.startsWith('.'))).toEqual([]);
    }
    expect(cut).toBeGreaterThan(0);
  } finally {
    await place.remove();
  }
}, 300_000);
