import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commitPath } from '../../src/engine/files/layout.ts';
import { newSeed } from '../../src/keys/ed25519.ts';
import { publicKeyPem } from '../../src/keys/formats/pem.ts';
import { privateKeyPem } from '../../src/keys/formats/private-key-pem.ts';
import { signingKeyOf } from '../../src/keys/signing-key.ts';
import { createWorkplace, type Workplace } from './run-cli.ts';

/** In the form of a GitHub token, made up here. */
const TOKEN = `ghp_${'aB3dE6gH9jK2mN5pQ8sT1vW4xY7zC0fG2hJ5'}`;

let place: Workplace;
let keys: string;
beforeAll(async () => {
  place = await createWorkplace();
  await place.run(['put', 'a', '-'], { stdin: 'one' });
  keys = await mkdtemp(join(tmpdir(), 'signed-texts-'));
  const seed = newSeed();
  const { spki } = await signingKeyOf(seed);
  await writeFile(join(keys, 'pub.pem'), publicKeyPem(Buffer.from(spki, 'base64')));
  await writeFile(join(keys, 'key.pem'), privateKeyPem(seed), { mode: 0o600 });
});
afterAll(async () => {
  await place.remove();
  await rm(keys, { recursive: true, force: true });
});

interface Status {
  readonly head: { readonly index: number };
  readonly keys: ReadonlyArray<{ readonly key_id: string }>;
}

it.each([
  ['init --new', 'label', () => ['init', '--new', '--label', TOKEN]],
  ['keys rotate', 'label', () => ['keys', 'rotate', '--label', TOKEN]],
  ['keys trust', 'label', () => ['keys', 'trust', join(keys, 'pub.pem'), '--label', TOKEN]],
  ['keys import', 'label', () => ['keys', 'import', join(keys, 'key.pem'), '--label', TOKEN]],
  ['keys revoke', 'reason', (key: string) => ['keys', 'revoke', key, '--yes', '--reason', TOKEN]],
  ['purge', 'reason', () => ['purge', 'a@1', '--yes', '--reason', TOKEN]],
  ['trust --accept', 'reason', () => ['trust', '--accept', '--yes', '--reason', TOKEN]],
])('%s refuses a credential in its %s, without repeating it, and signs nothing', async (_name, field, line) => {
  const before = await place.json<Status>(['status']);
  const { code, stdout, stderr } = await place.run(line(before.keys[0]?.key_id ?? ''));
  expect(code).toBe(65);
  expect(stderr).toContain(`SECRET_FOUND: a credential is in clear at ${field}`);
  expect(stdout + stderr).not.toContain(TOKEN);
  expect(await place.json<Status>(['status'])).toMatchObject({ head: before.head, keys: before.keys });
});

it('repair refuses a credential in its reason before any file is moved', async () => {
  const { head } = await place.json<Status>(['status']);
  const torn = place.path(`var/storage/log/${commitPath(head.index + 1)}`);
  await writeFile(torn, 'torn');
  const { code, stdout, stderr } = await place.run(['repair', '--yes', '--reason', TOKEN]);
  expect([code, stderr]).toEqual([65, expect.stringContaining('SECRET_FOUND: a credential is in clear at reason')]);
  expect(stdout + stderr).not.toContain(TOKEN);
  expect(await readFile(torn, 'utf8')).toBe('torn');
  await rm(torn);
});

it('draft publish and put refuse a credential in what is signed with them, and take it where the person insists', async () => {
  await place.run(['draft', 'put', 'b', '-'], { stdin: 'one' });
  const { head } = await place.json<Status>(['status']);
  for (const line of [
    ['draft', 'publish', 'b', '--message', TOKEN],
    ['put', 'c', '-', '--message', TOKEN],
    ['rm', 'a', '--message', TOKEN],
    ['restore', 'a@1', '--message', TOKEN],
  ]) {
    const { code, stderr } = await place.run(line, { stdin: 'x' });
    expect([code, stderr]).toEqual([65, expect.stringContaining('SECRET_FOUND: a credential is in clear at message')]);
  }
  expect(await place.json<Status>(['status'])).toMatchObject({ head });
  expect((await place.run(['put', 'c', '-', '--message', TOKEN, '--allow-secrets'], { stdin: 'x' })).code).toBe(0);
});

it('a label over its limit is refused before a key is made', async () => {
  const { code, stderr } = await place.run(['keys', 'rotate', '--label', 'x'.repeat(101)]);
  expect(code).toBe(64);
  expect(stderr).toContain('the label has 101 characters');
  await expect(readdir(place.path('var/keys/pending'))).resolves.toEqual([]);
});
