import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { blocksOf, documents } from '../documents/blocks.ts';
import { Reader } from '../documents/reader.ts';
import { embeddedBinaries } from './binaries.ts';
import { PostgresServer, serverFolder } from './server.ts';

const hasClient = ['createdb', 'psql'].every((name) => spawnSync(name, ['--version']).status === 0);
const blocks = documents()
  .flatMap(blocksOf)
  .filter(({ mark }) => mark?.what === 'a PostgreSQL');

describe.skipIf(process.env['SLOW'] !== '1' || !hasClient)('the commands that need a PostgreSQL', () => {
  // A server of their own, because the pages name databases and roles.
  let server: PostgresServer;
  beforeAll(async () => {
    server = await PostgresServer.start(embeddedBinaries(serverFolder()));
    await server.query('CREATE ROLE owner LOGIN SUPERUSER');
  });
  afterAll(() => server.dispose());

  async function reader(): Promise<Reader> {
    const made = new Reader();
    onTestFinished(() => made.leave());
    made.file('password', 'not asked for on loopback\n');
    await made.run(`export PGHOST=127.0.0.1 PGPORT=${server.port} PGUSER=owner`);
    Object.assign(made.examples, {
      'db.example.org': `127.0.0.1:${server.port}`,
      '/run/secrets/database': join(made.folder, 'password'),
    });
    return made;
  }

  it('docs/shared-store.md: set up, a second machine', async () => {
    const [setUp, second] = blocks.filter(({ place }) => place.startsWith('docs/shared-store.md'));
    const person = await reader();
    if (setUp === undefined || second === undefined) throw new Error('the page lacks them');
    await person.follow(setUp);
    const { store } = JSON.parse(await person.run('config-store status --json'));
    person.examples['072865f6…'] = store;
    await person.follow(second);
    expect(await person.run('config-store keys list')).toContain('ben');
  });

  it('docs/shared-store.md: moving, and back', async () => {
    const moving = blocks.filter(({ place }) => place.startsWith('docs/shared-store.md')).at(-1);
    if (moving === undefined) throw new Error('the page lacks it');
    const person = await reader();
    await person.run(
      `createdb moved && config-store storage prepare --storage ${server.url('owner').replace(/postgres$/, 'moved')}`,
    );
    person.file('a.json', '{}');
    await person.run('config-store --var var put a a.json');
    Object.assign(person.examples, { '/config ': '/moved ', '/srv/config-store': join(person.folder, 'back') });
    mkdirSync(join(person.folder, 'back'));
    await person.follow({ ...moving, text: moving.text.replace(/\/config$/gm, '/moved ') });
    expect(await person.run(`config-store --var var --storage file://${person.folder}/back/storage list`)).toContain(
      'a',
    );
  });

  it("docs/http.md: the key of a platform's server", async () => {
    const person = await reader();
    await person.run('createdb hosted');
    person.examples['postgres://…'] = server.url('owner').replace(/postgres$/, 'hosted');
    const [hosted] = blocks.filter(({ place }) => place.startsWith('docs/http.md'));
    if (hosted === undefined) throw new Error('the page lacks it');
    await person.follow(hosted);
  });
});
