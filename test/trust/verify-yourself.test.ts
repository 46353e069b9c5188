import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { objectPath } from '../../src/engine/files/layout.ts';
import { openStore } from '../store/open-store.ts';
import { makeVar, puts } from '../store/temporary-var.ts';
import { logFile } from './stores.ts';

const run = promisify(execFile);
const DOCS = join(import.meta.dirname, '..', '..', 'docs', 'verify-yourself.md');
const installed = await run('sh', ['-c', 'openssl version && jq --version && sha256sum --version'])
  .then(({ stdout }) => /^OpenSSL [3-9]/.test(stdout))
  .catch(() => false);

const script = readFileSync(DOCS, 'utf8').split('```sh\n')[1]?.split('```')[0] ?? '';

it('is nine lines', () => {
  expect(script.trimEnd().split('\n')).toHaveLength(9);
});

describe.skipIf(!installed)('the nine lines, as printed', () => {
  let files: { log: string; key: string; artifact: string };
  let commit: string;
  let folder: string;
  let remove: () => Promise<void>;

  // Not per test: the store is only read, and every change is undone.
  beforeAll(async () => {
    const { paths, dispose } = await makeVar();
    remove = dispose;
    folder = paths.root;
    const store = await openStore({ paths });
    await store.writer.commit(puts({ first: 'one' }));
    const { receipt, versions } = await store.writer.commit(puts({ 'team/notes': "it's “two”\n" }));
    commit = receipt.commit;
    files = {
      log: logFile(paths, receipt.index),
      key: join(paths.keys, `${receipt.keyId}.pub.pem`),
      artifact: join(paths.storage, 'objects', objectPath(versions[0]?.digest ?? '')),
    };
    await store.close();
    for (const file of Object.values(files)) await chmod(file, 0o644);
    writeFileSync(join(folder, 'check.sh'), script);
  });

  afterAll(() => remove());

  const check = (id = commit) =>
    run('sh', ['-e', 'check.sh', files.log, files.key, id], { cwd: folder }).then(
      () => true,
      () => false,
    );

  it('say yes to a commit and its artifact', async () => {
    expect(await check()).toBe(true);
  });

  it.each(['log', 'key', 'artifact'] as const)('say no when one byte of the %s differs', async (name) => {
    const bytes = await readFile(files[name]);
    const step = Math.max(1, Math.floor(bytes.length / 9));
    for (let at = 0; at < bytes.length; at += step) {
      const changed = Buffer.from(bytes);
      changed[at] = (bytes[at] ?? 0) ^ 1;
      // The first line of a PEM file is its label, and line ends are no content: openssl takes a few of them in other forms.
      if (name === 'key' && (at < 28 || bytes[at] === 0x0a || at > bytes.length - 28)) continue;
      await writeFile(files[name], changed);
      expect([name, at, await check()]).toEqual([name, at, false]);
    }
    await writeFile(files[name], bytes);
    expect(await check()).toBe(true);
  });

  it('say no to another receipt, and to another key', async () => {
    expect(await check('f'.repeat(64))).toBe(false);
    const key = await readFile(files.key);
    await run('openssl', ['genpkey', '-algorithm', 'ed25519', '-out', 'other.pem'], { cwd: folder });
    await run('openssl', ['pkey', '-in', 'other.pem', '-pubout', '-out', files.key], { cwd: folder });
    expect(await check()).toBe(false);
    await writeFile(files.key, key);
    expect(await check()).toBe(true);
  });
});
