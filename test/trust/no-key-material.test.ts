import { createPrivateKey } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPrivateKey, privateKeyPem } from '../../src/keys/formats/private-key-pem.ts';
import { createWorkplace, type Finished, type Workplace } from '../cli/run-cli.ts';
import { puts } from '../store/temporary-var.ts';
import { author, copyOf, installation, logFile, open } from './stores.ts';

const PASSPHRASE = 'correct horse battery staple 7';
const CONTENT = 'the content of a config, which is nobody else’s business';

/** A seed in every form in which it might get into text: hex, base64, PEM, a printed buffer, a list of numbers. */
function formsOf(seed: Uint8Array): string[] {
  const bytes = Buffer.from(seed);
  const pem = privateKeyPem(seed).toString('utf8').split('\n')[1] ?? '';
  const hex = bytes.toString('hex');
  return [
    hex,
    hex.toUpperCase(),
    hex.match(/../g)?.join(' ') ?? '',
    bytes.toString('base64'),
    bytes.toString('base64url'),
    pem,
    pem.slice(24), // what of the PEM body is the seed alone
    [...bytes].join(','),
    [...bytes].join(', '),
    JSON.stringify([...bytes]),
    bytes.toString('latin1'),
  ];
}

/** Which of the forms a text holds; printed buffers and lists are broken into lines, so white space does not count. */
function found(text: string, forms: readonly string[]): string[] {
  const plain = text.replace(/\s+/g, ' ');
  return forms.filter((form) => text.includes(form) || plain.includes(form));
}

/** Everything that can be got out of an error: its own members, what is below them, and how Node prints it. */
function everythingIn(error: unknown): string {
  const options = {
    depth: Number.POSITIVE_INFINITY,
    showHidden: true,
    getters: true,
    maxArrayLength: null,
    maxStringLength: null,
  };
  const { message, stack, cause } = error as Error;
  const members = JSON.stringify(error, Object.getOwnPropertyNames(error));
  return [message, stack, members, inspect(error, options), cause === undefined ? '' : everythingIn(cause)].join('\n');
}

it('finds a seed that is printed in any of these ways', () => {
  const seed = Uint8Array.from({ length: 32 }, (_, i) => (i * 37 + 5) % 256);
  const forms = formsOf(seed);
  const pem = privateKeyPem(seed).toString('utf8');
  const der = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' });
  const printed = [
    inspect(Buffer.from(seed), { maxArrayLength: null }),
    inspect(seed, { maxArrayLength: null, compact: 100, breakLength: 1_000 }),
    JSON.stringify([...seed]),
    `key: ${pem}`,
    der.toString('base64'),
    der.toString('hex'),
    everythingIn(new Error('outer', { cause: new Error(Buffer.from(seed).toString('hex')) })),
  ];
  for (const text of printed) expect(found(text, forms)).not.toEqual([]);
});

describe('after many operations of the command and the server, all logged', () => {
  let place: Workplace;
  const said: Finished[] = [];
  let forms: string[] = [];

  async function run(
    args: string[],
    options: { stdin?: string; env?: Record<string, string> } = {},
  ): Promise<Finished> {
    const finished = await place.run(args, {
      ...options,
      env: { CONFIG_STORE_LOG_LEVEL: 'trace', NODE_DEBUG: '', ...options.env },
    });
    said.push(finished);
    return finished;
  }

  /** Every seed that is in keys/ now. */
  async function seeds(): Promise<Uint8Array[]> {
    const folder = place.path('var/keys');
    const files = readdirSync(folder).filter((name) => name.endsWith('.key.pem'));
    return Promise.all(
      files.map(async (name) => {
        const opened = await openPrivateKey(readFileSync(join(folder, name)), PASSPHRASE);
        if ('fault' in opened) throw new Error(`${name} does not open`);
        return opened.seed;
      }),
    );
  }

  beforeAll(async () => {
    place = await createWorkplace();
    writeFileSync(place.path('passphrase'), `${PASSPHRASE}\n`, { mode: 0o600 });
    writeFileSync(place.path('wrong'), 'another one\n', { mode: 0o600 });
    const env = { CONFIG_STORE_KEY_PASSPHRASE_FILE: place.path('passphrase') };
    const wrong = { CONFIG_STORE_KEY_PASSPHRASE_FILE: place.path('wrong') };
    await run(['init', '--json']);
    await run(['put', 'team/a', '-'], { stdin: CONTENT });
    await run(['keys', 'rotate', '--json']);
    const call = (id: number, name: string, args: object) =>
      `${JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: args } })}\n`;
    const hello = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
    await run(['serve'], {
      stdin: [
        `${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: hello })}\n`,
        `${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' })}\n`,
        call(2, 'put_config', { name: 'team/b', content: CONTENT }),
        call(3, 'get_config', { name: 'no/such' }),
        call(4, 'put_config', { name: '../etc', content: 'x' }),
        call(5, 'check_health', {}),
        call(6, 'verify_store', {}),
      ].join(''),
    });
    // What goes wrong with a key file, each in its own way.
    const folder = place.path('var/keys');
    const [id = ''] = JSON.parse((await run(['keys', 'list', '--json'])).stdout).keys.slice(-1);
    const file = join(folder, `${(id as { key_id?: string }).key_id}.key.pem`);
    const good = readFileSync(file);
    const body = good.toString('utf8').split('\n')[1] ?? '';
    for (const bad of [
      good.subarray(0, good.length - 20),
      Buffer.from(good.toString('utf8').replace('\n-----END', 'A\n-----END')),
      Buffer.from(good.toString('utf8').replaceAll('PRIVATE', 'PUBLIC')),
      Buffer.from(`{"key":"${body}"}`),
      Buffer.from(body),
    ]) {
      writeFileSync(file, bad);
      await run(['put', 'team/a', '-'], { stdin: 'x' });
      await run(['keys', 'import', file]);
      await run(['keys', 'trust', file, '--label', 'x']);
    }
    writeFileSync(file, good);
    chmodSync(file, 0o644);
    await run(['put', 'team/a', '-', '--json'], { stdin: 'x' });
    chmodSync(file, 0o600);
    forms = (await seeds()).flatMap(formsOf);
    await run(['keys', 'encrypt'], { env });
    await run(['put', 'team/a', '-'], { stdin: 'locked' });
    await run(['put', 'team/a', '-'], { stdin: 'wrong', env: wrong });
    await run(['put', 'team/a', '-'], { stdin: 'right', env });
    await run(['keys', 'rotate'], { env });
    await run(['keys', 'backup', '--out', 'keys.age', '--passphrase-file', 'passphrase'], { env });
    await run(['backup', '--out', 'all.age', '--passphrase-file', 'passphrase'], { env });
    await run(['backup', 'verify', 'all.age', '--passphrase-file', 'wrong'], { env });
    await run(['backup', 'verify', 'all.age', '--passphrase-file', 'passphrase'], { env });
    await run(['backup', 'restore', 'all.age', '--to', 'restored', '--passphrase-file', 'passphrase'], { env });
    await run(['export', 'team/a', '--out', 'ssh', '--format', 'sshsig'], { env });
    await run(['keys', 'show', 'ffffffff']);
    await run(['health']);
    await run(['keys', 'decrypt'], { env });
    forms.push(...(await seeds()).flatMap(formsOf), PASSPHRASE);
  }, 300_000);
  afterAll(() => place.remove());

  it('the operations did what they are here for', () => {
    const codes = said.map(({ code }) => code);
    expect(codes.filter((code) => code === 0).length).toBeGreaterThan(12);
    expect(codes).toEqual(expect.arrayContaining([0, 64, 77]));
    expect(new Set(forms).size).toBeGreaterThan(30);
  });

  it('no line on stdout or stderr holds a seed or the passphrase', () => {
    for (const { stdout, stderr } of said) expect(found(stdout + stderr, forms)).toEqual([]);
  });

  it('no file but the key files and the encrypted backups does, telemetry among them', () => {
    const files = readdirSync(place.folder, { recursive: true })
      .map(String)
      .filter((name) => !/(^|\/)keys\/|passphrase$|\.age$|^\.cache/.test(name))
      .map((name) => join(place.folder, name))
      .filter((path) => existsSync(path) && statSync(path).isFile());
    expect(files.filter((path) => path.includes('/telemetry/')).length).toBeGreaterThan(0);
    for (const path of files) expect([path, ...found(readFileSync(path, 'latin1'), forms)]).toEqual([path]);
    const backups = ['keys.age', 'all.age'].map((name) => readFileSync(place.path(name), 'latin1'));
    for (const backup of backups) expect(found(backup, forms)).toEqual([]);
  });

  it('no line of telemetry holds content', () => {
    const folder = place.path('var/telemetry');
    for (const name of readdirSync(folder)) expect(readFileSync(join(folder, name), 'utf8')).not.toContain(CONTENT);
  });
});

it('no error holds a seed or the passphrase, however deep one looks', async () => {
  const paths = await installation('one', 'two');
  const options = { passphrase: async () => `not ${PASSPHRASE}`, newKeyPassphrase: async () => PASSPHRASE };
  const store = await open(paths, options);
  const [name = ''] = readdirSync(paths.keys).filter((one) => one.endsWith('.key.pem'));
  const file = join(paths.keys, name);
  const good = readFileSync(file);
  const opened = await openPrivateKey(good, undefined);
  if ('fault' in opened) throw new Error('the key does not open');
  const forms = [...formsOf(opened.seed), PASSPHRASE];
  const errors: unknown[] = [];
  const fails = async (work: () => Promise<unknown>) => {
    await work().then(
      () => errors.push(undefined),
      (error: unknown) => errors.push(error),
    );
  };
  const write = async () => (await open(paths, options)).writer.commit(puts({ a: 'x' }));

  await fails(() => store.keys.importKey({ author, file: good.subarray(0, 90), label: '', role: 'owner' }));
  await fails(() =>
    store.keys.revoke({
      author,
      keyId: store.keys.files.privateKeyIds().values().next().value ?? '',
      reason: '',
    }),
  );
  await store.keys.files.rewritePrivate(name.slice(0, 64), undefined, PASSPHRASE);
  await fails(write);
  await fails(() => store.keys.files.rewritePrivate(name.slice(0, 64), async () => 'wrong', PASSPHRASE));
  for (const bad of [good.subarray(0, 60), Buffer.concat([good, good]), Buffer.from(good).fill(0x41, 40, 44)]) {
    writeFileSync(file, bad);
    await fails(write);
  }
  rmSync(file);
  await fails(write);
  writeFileSync(file, good, { mode: 0o600 });
  chmodSync(file, 0o666);
  await fails(write);
  chmodSync(file, 0o600);
  const copy = copyOf(paths.storage);
  writeFileSync(logFile({ ...paths, storage: copy }, 9), good);
  await fails(async () => (await open({ ...paths, storage: copy })).writer.commit(puts({ a: 'x' })));

  expect(errors).not.toContain(undefined);
  expect(errors.length).toBeGreaterThan(8);
  for (const error of errors) expect(found(everythingIn(error), forms)).toEqual([]);
  // Nor do the things that hold a key show it.
  const key = await store.keys.files.loadPrivate(name.slice(0, 64), undefined);
  expect(found(inspect([store, key], { depth: 12, showHidden: true, maxArrayLength: null }), forms)).toEqual([]);
});
