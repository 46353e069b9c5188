import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createWorkplace, type Workplace } from '../cli/run-cli.ts';
import { DatabasePlace } from './subject.ts';

const { current } = inject('postgres');

describe.skipIf(current === undefined)('the command line on a store in a database', () => {
  const writer = `writer_${randomBytes(4).toString('hex')}`;
  let place: DatabasePlace;
  let work: Workplace;
  const addresses = () => ({ owner: place.url, writer: place.url.replace('postgres@', `${writer}@`) });

  /** Runs a command as a role of the database, and returns what it printed. */
  async function run(
    role: 'owner' | 'writer',
    args: readonly string[],
    { code = 0, stdin = '' }: { code?: number | undefined; stdin?: string } = {},
  ): Promise<string> {
    const done = await work.run(args, { env: { CONFIG_STORE_STORAGE: addresses()[role] }, stdin });
    expect(done.code, `${args.join(' ')}: ${done.stdout}${done.stderr}`).toBe(code);
    return done.stdout + done.stderr;
  }

  beforeAll(async () => {
    place = new DatabasePlace(current ?? '');
    await place.query(`CREATE ROLE ${writer} LOGIN`);
    work = await createWorkplace();
  });
  afterAll(async () => {
    await work.remove();
    await place.query(`DROP OWNED BY ${writer}; DROP ROLE ${writer}`);
    await place.drop();
  });

  it('prepares it, checks it, and says what a role lacks', async () => {
    expect(await run('writer', ['put', 'a', '-'], { stdin: 'one', code: 78 })).toMatch(/storage prepare/);
    expect(await run('owner', ['storage', 'prepare', '--writer', writer])).toMatch(/^prepared: postgres:.*\n.*writer/);
    expect(await run('owner', ['storage', 'prepare', '--writer', writer])).toMatch(/^prepared already/);
    expect(await run('writer', ['storage', 'check'])).toMatch(/role may +read, append\n/);
    const facts = JSON.parse(await run('owner', ['storage', 'check', '--json'])) as { warnings: string[] };
    expect(facts).toMatchObject({ may_rewrite: true, replica: false, read_only: false });
    expect(facts.warnings.join()).toMatch(/could rewrite the log/);
    expect(await run('writer', ['storage', 'prepare'], { code: 73 })).toMatch(/may not make the tables/);
    const folder = await work.run(['storage', 'check']);
    expect([folder.code, folder.stderr]).toEqual([64, expect.stringContaining('the storage is a folder')]);
  });

  it('writes, reads, drafts, exports, verifies and shows how it is, as the writer', async () => {
    for (const text of ['one', 'two']) await run('writer', ['put', 'a', '-'], { stdin: text });
    expect(await run('writer', ['get', 'a'])).toBe('two');
    await run('writer', ['draft', 'put', 'a', '-'], { stdin: 'three' });
    expect(await run('writer', ['draft', 'list'])).toMatch(/a/);
    await run('writer', ['draft', 'publish', 'a']);
    expect(await run('writer', ['get', 'a'])).toBe('three');
    expect(await run('writer', ['log', 'a'])).toMatch(/3/);
    expect(await run('writer', ['verify'])).toMatch(/^OK: 4 commits, 3 artifacts/);
    const status = JSON.parse(await run('writer', ['status', '--json'])) as object;
    expect(status).toMatchObject({ storage_at: addresses().writer, head: { index: 3 } });
    expect(await run('writer', ['health'])).toMatch(/^healthy/);
    const health = JSON.parse(await run('writer', ['health', '--json'])) as { checks: { name: string }[] };
    expect(health.checks.find(({ name }) => name === 'storage')).toMatchObject({
      ok: true,
      message: expect.stringMatching(/^PostgreSQL \d+/),
    });
    await run('writer', ['export', 'a', '--out', work.path('exported')]);
    expect(existsSync(work.path('exported'))).toBe(true);
    await run('writer', ['rebuild']);
    expect(existsSync(work.path('var/storage'))).toBe(false);
  });

  it('backs it up whole; the backup restores into files and verifies', async () => {
    const phrase = work.path('phrase');
    writeFileSync(phrase, 'correct horse battery staple\n', { mode: 0o600 });
    const lock = ['--passphrase-file', phrase];
    await run('writer', ['backup', '--out', work.path('backup.age'), ...lock]);
    await run('writer', ['backup', 'restore', work.path('backup.age'), '--to', work.path('restored'), ...lock]);
    const verified = await work.run(['verify'], { env: { CONFIG_STORE_VAR: work.path('restored') } });
    expect(verified.stdout).toMatch(/^OK: 4 commits, 3 artifacts/);
    const bytes = readFileSync(work.path('restored/storage/log/000/000/000000003.json'));
    const { rows } = await place.query('SELECT envelope FROM ?.log WHERE idx = 3');
    expect(Buffer.compare(rows[0].envelope, bytes)).toBe(0);
  });

  it('purges, collects and repairs as the owner, and says so to the writer', async () => {
    const purge = ['purge', 'a@1', '--reason', 'test', '--yes'];
    expect(await run('writer', purge, { code: 73 })).toMatch(/may not remove anything/);
    expect(await run('owner', purge)).toMatch(/write-ahead log and replicas/);
    expect((await place.query('SELECT 1 FROM ?.objects')).rows).toHaveLength(2);
    await place.query(`INSERT INTO ?.objects VALUES (sha256('left'), 'left', now() - interval '2 days')`);
    expect(await run('writer', ['gc', '--yes'], { code: 73 })).toMatch(/may not remove/);
    await run('owner', ['gc', '--yes']);
    expect((await place.query('SELECT 1 FROM ?.objects')).rows).toHaveLength(2);
    await place.query(`INSERT INTO ?.log (idx, envelope) VALUES (5, 'no commit')`);
    expect(await run('writer', ['verify'], { code: 1 })).toMatch(/repair/);
    expect(await run('writer', ['repair', '--reason', 'test', '--yes'], { code: 73 })).toMatch(/may not/);
    await run('owner', ['repair', '--reason', 'test', '--yes']);
    expect((await place.query('SELECT idx FROM ?.quarantine')).rows).toEqual([{ idx: '5' }]);
    await run('writer', ['put', 'a', '-'], { stdin: 'four' });
    expect(await run('writer', ['verify'])).toMatch(/^OK: 7 commits/);
  });

  it('copies it into files and says so', async () => {
    const to = work.path('copied');
    const said = await run('writer', ['copy', addresses().writer, to]);
    expect(said).toMatch(/^copied 7 commits, 3 artifacts/);
    const env = { CONFIG_STORE_STORAGE: `file://${to}` };
    expect((await work.run(['verify'], { env })).stdout).toMatch(/^OK: 7 commits/);
    expect((await work.run(['get', 'a'], { env })).stdout).toBe('four');
    expect(await run('writer', ['copy', addresses().writer, to])).toMatch(/^copied 0 commits, 0 artifacts/);
    expect(await run('writer', ['copy', '--move', addresses().writer, to], { code: 73 })).toMatch(/may not move/);
  });
});
