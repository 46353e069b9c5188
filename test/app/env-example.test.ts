import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { SETTINGS } from '../../src/app/settings/setting-table.ts';

const root = join(import.meta.dirname, '../..');
const read = (name: string) => readFile(join(root, name), 'utf8');
const rows = Object.values(SETTINGS);

describe('.env.example', () => {
  test('explains exactly the settings, in their words and order', async () => {
    const blocks = (await read('.env.example')).split('\n\n').filter((block) => block.includes('# Without it: '));
    const said = blocks.map((block) => block.trim().replace(/=.*$/m, '='));
    expect(said).toEqual(
      rows.map(({ meaning, fallback, variable }) => `# ${meaning}\n# Without it: ${fallback}.\n#${variable}=`),
    );
  });

  test('has every variable that docker-compose.yml reads, and no other', async () => {
    const used = new Set([...(await read('docker-compose.yml')).matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name));
    const given = [...(await read('.env.example')).matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => name);
    const fixedInTheImage =
      /^(CONFIG_STORE_(VAR|STORAGE(_PASSWORD_FILE)?|(STORAGE|KEYS|STATE|TELEMETRY)_DIR|EXPECT_VOLUME|HTTP|TLS_(CERT|KEY))|PORT|SERVICE_AUTH_TOKEN(_FILE)?)$/;
    expect(given.filter((name) => !fixedInTheImage.test(name ?? '')).sort()).toEqual([...used].sort());
  });
});

test('docker-compose.yml hardens every service of ours but dev in the same way', async () => {
  const compose = parse(await read('docker-compose.yml'), { merge: true }) as {
    services: Record<string, Record<string, unknown>>;
  };
  const names = ['server', 'http', 'dev', 'verify', 'telemetry', 'backup', 'database', 'prepare', 'shared'];
  expect(Object.keys(compose.services)).toEqual(names);
  for (const [name, service] of Object.entries(compose.services)) {
    if (name === 'database') continue;
    expect(service, name).toMatchObject({ cap_drop: ['ALL'], init: true });
    if (name === 'http') expect(service['network_mode']).toBeUndefined();
    else if (name === 'prepare' || name === 'shared') expect(service['networks']).toEqual(['database']);
    else expect(service, name).toMatchObject({ network_mode: 'none' });
    if (name === 'dev') continue;
    expect(service, name).toMatchObject({ read_only: true, security_opt: ['no-new-privileges:true'] });
    // What a network server says on stderr is no conversation.
    if (name !== 'http') expect(service, name).toMatchObject({ logging: { driver: 'none' } });
  }
});
