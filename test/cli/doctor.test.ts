import { mkdir, rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createWorkplace, type Workplace } from './run-cli.ts';

// Longer than a common run has time for.
const slow = it.skipIf(process.env['SLOW'] !== '1');

let place: Workplace;
beforeEach(async () => {
  place = await createWorkplace();
});
afterEach(() => place.remove());

const findings = async (code = 0) =>
  (
    await place.json<{ findings: { area: string; name: string; state: string; message: string; hint?: string }[] }>(
      ['doctor'],
      code,
    )
  ).findings;

slow('says that all is well where it is', async () => {
  await place.run(['put', 'a', '-'], { stdin: 'x' });
  await place.run(['verify']);
  const { code, stdout } = await place.run(['doctor']);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^Store\n {2}ok {4}store .*\n[\s\S]*MCP clients\n {2}ok .*\n\nDue\n {2}ok {4}verified {2}the whole store was verified today\n\nall \d+ checks passed\n$/,
  );
});

it('says what is due, what is wrong with files of clients, and what to do', async () => {
  await place.run(['put', 'a', '-'], { stdin: 'x' });
  await place.run(['draft', 'put', 'b', '-'], { stdin: 'y' });
  await mkdir(place.path('.cursor'));
  await writeFile(place.path('.cursor/mcp.json'), '{"mcpServers":{"other":{"command":"x"}}}');
  await mkdir(place.path('.codex'));
  await writeFile(place.path('.codex/config.toml'), 'not = = toml');
  const found = await findings();
  expect(found.filter(({ state }) => state !== 'ok')).toMatchObject([
    { area: 'clients', name: 'clients', message: expect.stringContaining('has an entry named config-store') },
    { area: 'clients', name: 'codex', message: expect.stringMatching(/config\.toml is unparsable/) },
    { area: 'habits', name: 'verified', hint: expect.stringContaining('config-store verify') },
    { area: 'habits', name: 'drafts', hint: expect.stringContaining('config-store draft publish b') },
  ]);
});

slow('exits with 1 when the store cannot do its work', async () => {
  await place.run(['put', 'a', '-'], { stdin: 'x' });
  await rm(place.path('var/storage'), { recursive: true });
  const found = await findings(1);
  expect(found[0]).toMatchObject({ area: 'store', state: 'error', message: expect.stringContaining('STORE_MISSING') });
});
