import { describe, expect, it } from 'vitest';
import { isStoreError } from '../../src/core/errors.ts';
import { addressText, parseAddress } from '../../src/engine/postgres/address.ts';

function refusalOf(text: string): { code: string; text: string } {
  try {
    parseAddress(text);
  } catch (error) {
    if (isStoreError(error)) return { code: error.code, text: `${error.message} ${error.hint}` };
    throw error;
  }
  return { code: 'none', text: '' };
}

describe('the address of a database', () => {
  it('has defaults for all that is not said', () => {
    expect(parseAddress('postgres://ada@localhost/config')).toEqual({
      host: 'localhost',
      port: 5_432,
      user: 'ada',
      password: undefined,
      database: 'config',
      schema: 'config_store',
      tls: undefined,
      applicationName: 'mcp-config-store',
      connectTimeoutMs: 5_000,
    });
  });

  it('says all of it', () => {
    const text =
      'postgresql://ada%40home:p%2Fw@[2001:db8::1]:6432/my%20config?schema=team_a&sslmode=verify-full&sslrootcert=/ca.pem&sslcert=/c.pem&sslkey=/k.pem&application_name=x&connect_timeout=20';
    expect(parseAddress(text)).toEqual({
      host: '2001:db8::1',
      port: 6_432,
      user: 'ada@home',
      password: 'p/w',
      database: 'my config',
      schema: 'team_a',
      tls: { rootCert: '/ca.pem', cert: '/c.pem', key: '/k.pem' },
      applicationName: 'x',
      connectTimeoutMs: 20_000,
    });
  });

  it.each([
    ['postgres://u@localhost/d', false],
    ['postgres://u@127.0.0.1/d', false],
    ['postgres://u@127.8.9.10/d', false],
    ['postgres://u@[::1]/d', false],
    ['postgres://u@%2Frun%2Fpostgresql/d', false],
    ['postgres://u@localhost/d?sslmode=verify-full', true],
    ['postgres://u@localhost/d?sslrootcert=/ca.pem', true],
    ['postgres://u@db/d', true],
    ['postgres://u@10.0.0.1/d', true],
    ['postgres://u@0.0.0.0/d', true],
    ['postgres://u@localhost.example.org/d', true],
    ['postgres://u@127.0.0.1.example.org/d', true],
    ['postgres://u@db/d?sslmode=verify-full', true],
    ['postgres://u@db/d?sslmode=disable', false],
  ])('off this machine the server is verified unless the contrary is written: %s', (text, verified) => {
    expect(parseAddress(text).tls !== undefined).toBe(verified);
  });

  it.each([
    // How TLS gets lost without a word elsewhere.
    'postgres://u@db/d?ssl-mode=verify-full',
    'postgres://u@db/d?sslMode=verify-full',
    'postgres://u@db/d?ssl=true',
    'postgres://u@db/d?sslmode=require',
    'postgres://u@db/d?sslmode=prefer',
    'postgres://u@db/d?sslmode=allow',
    'postgres://u@db/d?sslmode=verify-ca',
    'postgres://u@db/d?sslmode=VERIFY-FULL',
    'postgres://u@db/d?sslmode=',
    'postgres://u@db/d?sslmode=verify-full&sslmode=disable',
    'postgres://u@db/d?sslmode=disable&sslrootcert=/ca.pem',
    'postgres://u@db/d?sslrootcert=ca.pem',
    'postgres://u@db/d?sslcert=/c.pem',
    'postgres://u@db/d?sslkey=/k.pem',
    'postgres://u@db/d?uselibpqcompat=true',
    // The place.
    'postgres://db/d',
    'postgres://u@/d',
    'postgres://u@db',
    'postgres://u@db/',
    'postgres://u@db/d/e',
    'postgres://u@db/d#x',
    'postgres://u@one,two/d',
    'postgres://u@db/%ff',
    'postgres://u@db/d?host=other',
    'postgres://u@db/d?options=-c%20search_path%3Dx',
    'postgres://u@db/d?schema=Team',
    'postgres://u@db/d?schema=a"b',
    'postgres://u@db/d?schema=a;drop',
    `postgres://u@db/d?schema=${'a'.repeat(64)}`,
    'postgres://u@db/d?connect_timeout=0',
    'postgres://u@db/d?connect_timeout=5s',
    'mysql://u@db/d',
    'postgres:u@db/d',
    'postgres://u:p w@ x/d',
  ])('is refused: %s', (text) => {
    expect(refusalOf(text).code).toBe('ARGUMENT_INVALID');
  });

  it.each([
    'postgres://u:hunter2%zz@db/d',
    'postgres://u:hunter2@db/d?nope=1',
    'postgres://u:hunter2@db:port/d',
    'postgres://u:hunter2@db/d?sslmode=hunter2x',
    'postgres://:hunter2@db/d',
  ])('is refused without its password being said: %s', (text) => {
    const { code, text: said } = refusalOf(text);
    expect(code).toBe('ARGUMENT_INVALID');
    expect(said.replaceAll('hunter2x', '')).not.toContain('hunter2');
  });

  it('is shown without its password, and reads again as the same place', () => {
    const address = parseAddress('postgres://ada%40home:secret@[::1]:6432/my%20config?schema=team_a');
    const shown = addressText(address);
    expect(shown).not.toContain('secret');
    expect(parseAddress(shown)).toEqual({ ...address, password: undefined });
    const socket = parseAddress('postgres://ada@%2Frun%2Fpostgresql/config');
    expect(parseAddress(addressText(socket))).toEqual(socket);
  });
});
