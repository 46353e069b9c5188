import { cp, rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { createWorkplace, type Workplace } from './run-cli.ts';

let place: Workplace;

beforeAll(async () => {
  place = await createWorkplace();
  await place.run(['put', 'a', '-'], { stdin: 'one' });
  await place.run(['put', 'a', '-'], { stdin: 'two' });
});
afterAll(() => place.remove());

const commands = [['list'], ['log', 'a'], ['diff', 'a@1'], ['label', 'a']];

it.each(commands)('%s says on stderr when the store is not this one', async (...args) => {
  const { stdout, stderr } = await place.run(args, { env: { CONFIG_STORE_ID: '0'.repeat(64) } });
  expect(stderr).toMatch(/^config-store: warning: STORE_FOREIGN: [^\n]+\n$/);
  expect(stdout).toContain('a');
});

it.each(commands)('%s says nothing of a store that is', async (...args) => {
  expect((await place.run(args)).stderr).toBe('');
});

it('names for the shell stay without it', async () => {
  const { stdout, stderr } = await place.run(['list', '--names'], { env: { CONFIG_STORE_ID: '0'.repeat(64) } });
  expect([stdout, stderr]).toEqual(['a\n', '']);
});

it('what is not found in a store that is not this one is said with that', async () => {
  const { code, stderr } = await place.run(['get', 'b'], { env: { CONFIG_STORE_ID: '0'.repeat(64) } });
  expect(code).toBe(66);
  expect(stderr).toMatch(/^config-store: warning: STORE_FOREIGN: [^\n]+\nconfig-store: NOT_FOUND: /);
});

it('copy refuses a store of which more was seen here, and copies it where nothing was', async () => {
  const other = await createWorkplace();
  onTestFinished(() => other.remove());
  for (const text of ['one', 'two']) await other.run(['put', 'a', '-'], { stdin: text });
  await rm(other.path('var/storage/log/000/000/000000002.json'));
  const refused = await other.run(['copy', 'var/storage', 'copy']);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(/ROLLED_BACK: .* Nothing was copied/)]);
  expect((await other.run(['copy', 'var/storage', 'copy', '--var', other.path('elsewhere')])).code).toBe(0);
  await rm(other.path('var/storage'), { recursive: true });
  await cp(place.path('var/storage'), other.path('var/storage'), { recursive: true });
  expect((await other.run(['copy', 'var/storage', 'another'])).stderr).toMatch(/STORE_FOREIGN: .* Nothing was copied/);
});
