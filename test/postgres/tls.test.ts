import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { passwordOf } from '../../src/app/stores/shared-store.ts';
import { isStoreError } from '../../src/core/errors.ts';
import { parseAddress } from '../../src/engine/postgres/address.ts';
import { openPostgresEngine } from '../../src/engine/postgres/postgres-engine.ts';
import { hasOpenssl, openssl } from '../keys/openssl.ts';
import type { Binaries } from './binaries.ts';
import { PostgresServer } from './server.ts';
import { DatabasePlace, freshSchema } from './subject.ts';

const { binaries } = inject('postgres');

describe.skipIf(binaries === undefined || !hasOpenssl)('how a server is reached', () => {
  const schema = freshSchema();
  let folder: string;
  let server: PostgresServer;
  const path = (name: string) => join(folder, name);

  /** Makes a CA, or a certificate that one has signed. */
  function makeCa(name: string): void {
    openssl(
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      path(`${name}.key`),
      '-out',
      path(`${name}.pem`),
    );
  }
  function makeCertificate(name: string, ca: string, names: string): void {
    openssl(
      'req',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      path(`${name}.key`),
      '-out',
      path(`${name}.csr`),
    );
    writeFileSync(path(`${name}.ext`), `subjectAltName=${names}`);
    openssl(
      'x509',
      '-req',
      '-in',
      path(`${name}.csr`),
      '-CA',
      path(`${ca}.pem`),
      '-CAkey',
      path(`${ca}.key`),
      '-CAcreateserial',
      '-days',
      '2',
      '-extfile',
      path(`${name}.ext`),
      '-out',
      path(`${name}.pem`),
    );
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'config-store-tls-'));
    makeCa('ca');
    makeCa('stranger');
    makeCertificate('server', 'ca', 'DNS:localhost');
    makeCertificate('ada', 'ca', 'DNS:unused');
    server = await PostgresServer.start(binaries as Binaries, {
      settings: ['fsync = off', `password_encryption = 'scram-sha-256'`],
    });
    await server.query(`CREATE ROLE ada LOGIN; CREATE ROLE ben LOGIN PASSWORD 'of ben'`);
    const place = new DatabasePlace(server.url(), schema);
    await place.prepare({ writer: 'ada' });
    await place.prepare({ writer: 'ben' });
    for (const name of ['server.pem', 'server.key', 'ca.pem'])
      server.place(name, readFileSync(path(name)), name.endsWith('.key') ? 0o600 : 0o644);
  });
  afterAll(async () => {
    await server.dispose();
    rmSync(folder, { recursive: true });
  });

  /** Starts the server again with other settings. */
  async function restart(settings: readonly string[], access: readonly string[]): Promise<void> {
    await server.stop('SIGINT');
    server.configure({ settings, access: ['local all all trust', ...access] });
    await server.run();
  }
  const tlsOn = ['ssl = on', `ssl_cert_file = 'server.pem'`, `ssl_key_file = 'server.key'`, `ssl_ca_file = 'ca.pem'`];

  /** Connects, and says whether encrypted, or what was refused and why. */
  async function reached(
    user: string,
    host: string,
    parameters = '',
    env: Record<string, string> = {},
  ): Promise<string> {
    const url = `postgres://${user}@${host}:${server.port}/postgres?schema=${schema}${parameters}`;
    try {
      const address = parseAddress(url);
      const given = { address, given: url, passwordFile: env['FILE'], password: env['PGPASSWORD'] };
      const engine = openPostgresEngine({ address, password: () => passwordOf(given) });
      try {
        return (await engine.report()).facts.encrypted ? 'encrypted' : 'plain';
      } finally {
        await engine.close();
      }
    } catch (error) {
      if (!isStoreError(error)) throw error;
      return `${error.code}: ${error.message}`;
    }
  }
  const full = '&sslmode=verify-full';
  const ca = () => `${full}&sslrootcert=${path('ca.pem')}`;

  it('with TLS offered: verified or not at all', async () => {
    await restart(tlsOn, ['host all all 127.0.0.1/32 trust', 'host all all ::1/128 trust']);
    expect(await reached('ada', 'localhost', ca())).toBe('encrypted');
    expect(await reached('ada', 'localhost', `&sslrootcert=${path('ca.pem')}`)).toBe('encrypted');
    expect(await reached('ada', '127.0.0.1', ca())).toMatch(/^STORE_UNREADABLE: .*ERR_TLS_CERT_ALTNAME_INVALID/);
    expect(await reached('ada', 'localhost', `${full}&sslrootcert=${path('stranger.pem')}`)).toMatch(
      /^STORE_UNREADABLE: .*(SELF_SIGNED|UNABLE_TO)/,
    );
    expect(await reached('ada', 'localhost', full)).toMatch(/^STORE_UNREADABLE: .*(SELF_SIGNED|UNABLE_TO)/);
    expect(await reached('ada', 'localhost', `${full}&sslrootcert=${path('none.pem')}`)).toMatch(/none\.pem/);
    for (const mode of ['require', 'prefer', 'allow', 'verify-ca'])
      expect(await reached('ada', 'localhost', `&sslmode=${mode}`)).toMatch(/^ARGUMENT_INVALID/);
    expect(await reached('ada', 'localhost', `&ssl-mode=verify-full`)).toMatch(/^ARGUMENT_INVALID/);
    expect(await reached('ada', 'localhost')).toBe('plain');
    expect(await reached('ada', 'localhost', '&sslmode=disable')).toBe('plain');
  });

  it('with a certificate of the client', async () => {
    await restart(tlsOn, ['hostssl all all 127.0.0.1/32 cert', 'hostssl all all ::1/128 cert']);
    const own = `&sslcert=${path('ada.pem')}&sslkey=${path('ada.key')}`;
    expect(await reached('ada', 'localhost', `${ca()}${own}`)).toBe('encrypted');
    expect(await reached('ben', 'localhost', `${ca()}${own}`)).toMatch(/^STORE_UNREADABLE: .*refuses to let ben in/);
    expect(await reached('ada', 'localhost', ca())).toMatch(/^STORE_UNREADABLE/);
    expect(await reached('ada', 'localhost', '&sslmode=disable')).toMatch(/^STORE_UNREADABLE: .*refuses to let ada in/);
  });

  it('without TLS: never in plain where TLS was asked for', async () => {
    await restart([], ['host all all 127.0.0.1/32 scram-sha-256', 'host all all ::1/128 scram-sha-256']);
    expect(await reached('ben', 'localhost', ca())).toMatch(/^STORE_UNREADABLE: .*does not support SSL/i);
    expect(await reached('ben', 'localhost', '', { PGPASSWORD: 'of ben' })).toBe('plain');
    expect(await reached('ben:of%20ben', 'localhost')).toBe('plain');
    const file = path('password');
    writeFileSync(file, 'of ben\n');
    expect(await reached('ben', 'localhost', '', { FILE: file, PGPASSWORD: 'other' })).toBe('plain');
    const wrong = await reached('ben:hunter2', 'localhost');
    expect(wrong).toMatch(/^STORE_UNREADABLE: the database refuses to let ben in/);
    expect(wrong).not.toContain('hunter2');
    expect(await reached('ben', 'localhost', '', { FILE: path('none') })).toMatch(/none/);
    const pgpass = path('pgpass');
    writeFileSync(pgpass, `localhost:${server.port}:postgres:ben:of ben\n`);
    chmodSync(pgpass, 0o600);
    process.env['PGPASSFILE'] = pgpass;
    try {
      expect(await reached('ben', 'localhost')).toBe('plain');
    } finally {
      delete process.env['PGPASSFILE'];
    }
    expect(await reached('ben', 'localhost')).toMatch(/^STORE_UNREADABLE/);
  });
});
