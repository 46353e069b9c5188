import { afterAll, beforeAll, expect, it } from 'vitest';
import { createWorkplace, type Workplace } from './run-cli.ts';

let place: Workplace;

beforeAll(async () => {
  place = await createWorkplace();
  await place.run(['put', 'a', '-'], { stdin: 'one' });
  await place.run(['put', 'a', '-'], { stdin: 'two' });
});
afterAll(() => place.remove());

const commands = [['list'], ['log', 'a'], ['diff', 'a@1']];

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
