import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/core/digest.ts';
import { objectPath } from '../../src/engine/files/layout.ts';
import { createWorkplace, type Workplace } from '../cli/run-cli.ts';
import { snapshot } from '../engine/files/attacks.ts';

/** An entry as an attacker writes it into an archive: nothing of it has to be true. */
interface Entry {
  readonly path: string;
  readonly bytes?: Uint8Array;
  readonly type?: string;
  readonly link?: string;
  /** What the header says, where it is not the truth. */
  readonly size?: number;
  readonly mode?: number;
}

let place: Workplace;
/** The files of a sound backup of a store, by path. */
let sound: readonly Entry[];
/** The same of another store, with the same configs. */
let other: readonly Entry[];
let identity: string;

beforeAll(async () => {
  place = await createWorkplace();
  identity = await generateX25519Identity();
  writeFileSync(place.path('identity'), `${identity}\n`);
  sound = await filesOf('one');
  other = await filesOf('two');
}, 120_000);
afterAll(() => place.remove());

/** Makes a store with two commits and returns what a backup of it holds. */
async function filesOf(name: string): Promise<Entry[]> {
  const dir = place.path(name);
  for (const text of ['first', `${name} second`])
    expect((await place.run(['put', 'a', '-', '--var', dir], { stdin: text })).code).toBe(0);
  const files: Entry[] = [];
  for (const folder of ['keys', 'storage'])
    for (const entry of readdirSync(join(dir, folder), { withFileTypes: true, recursive: true })) {
      const path = join(entry.parentPath, entry.name).slice(dir.length + 1);
      if (entry.isFile() && !path.includes('/tmp/') && !entry.name.startsWith('.'))
        files.push({ path, bytes: readFileSync(join(dir, path)) });
    }
  return files;
}

/** A tar archive of the POSIX form, with whatever the entries say, and a manifest of them that is true. */
function tar(files: readonly Entry[]): Buffer {
  const sums = files.map(({ path, bytes = Buffer.alloc(0) }) => `${sha256Hex(bytes)}  ${path}\n`);
  const entries = [...files, { path: 'SHA256SUMS', mode: 0o644, bytes: Buffer.from(sums.join('')) } as Entry];
  const blocks = entries.flatMap(
    ({ path, bytes = Buffer.alloc(0), type = '0', link = '', size = bytes.length, mode }) => {
      const header = Buffer.alloc(512);
      header.write(path, 0, 100, 'latin1');
      const octal = (at: number, length: number, value: number) =>
        header.write(
          `${value
            .toString(8)
            .padStart(length - 1, '0')
            .slice(1 - length)}\0`,
          at,
          'latin1',
        );
      octal(100, 8, mode ?? (path.endsWith('.key.pem') ? 0o600 : 0o444));
      octal(108, 8, 0);
      octal(116, 8, 0);
      octal(124, 12, size);
      octal(136, 12, 1_700_000_000);
      header.write(type, 156, 'latin1');
      header.write(link, 157, 100, 'latin1');
      header.write('ustar\x0000', 257, 'latin1');
      header.write(' '.repeat(8), 148, 'latin1');
      const sum = header.reduce((total, byte) => total + byte, 0);
      header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
      return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
    },
  );
  return Buffer.concat([...blocks, Buffer.alloc(1_024)]);
}

/** Writes a backup that the person's identity opens, as anyone can who knows the recipient. */
async function backup(archive: Uint8Array): Promise<string> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(identity));
  const file = place.path('hostile.age');
  writeFileSync(file, await encrypter.encrypt(archive));
  return file;
}

const changed = (change: (entry: Entry) => Entry | readonly Entry[]) => sound.flatMap(change);
const object = `storage/objects/${objectPath(sha256Hex('first'))}`;
const mixed = (fromOther: (entry: Entry) => boolean) => [
  ...sound.filter((entry) => !fromOther(entry)),
  ...other.filter(fromOther),
];

const HOSTILE: Readonly<Record<string, () => readonly Entry[]>> = {
  // names
  'a path that climbs': () => [...sound, { path: 'storage/../../outside/x', bytes: Buffer.from('x') }],
  'a path that climbs at once': () => [{ path: '../outside/x', bytes: Buffer.from('x') }, ...sound],
  'an absolute path': () => [...sound, { path: place.path('outside/x'), bytes: Buffer.from('x') }],
  'a path of another folder': () => [...sound, { path: 'state/pin.json', bytes: Buffer.from('{}') }],
  'a path with a control character': () => [...sound, { path: 'keys/\u001b[2J', bytes: Buffer.from('x') }],
  'a path with a backslash': () => [...sound, { path: 'keys\\..\\x', bytes: Buffer.from('x') }],
  'a file in the place of a folder': () => [{ path: 'storage', bytes: Buffer.from('x') }, ...sound],
  'a file that is a folder later': () => [{ path: 'storage/log', bytes: Buffer.from('x') }, ...sound],
  // links and other kinds
  'a link out, and a file through it': () => [
    { path: 'storage/objects', type: '2', link: place.path('outside') },
    ...sound,
  ],
  'a second name of a file outside': () => [...sound, { path: 'keys/x', type: '1', link: place.path('outside/kept') }],
  'a FIFO': () => [...sound, { path: 'storage/tmp', type: '6' }],
  'a device': () => [...sound, { path: 'storage/tmp', type: '3' }],
  'a folder': () => [{ path: 'storage', type: '5' }, ...sound],
  'a long name of GNU’s': () => [{ path: '././@LongLink', type: 'L', bytes: Buffer.from('../x\0') }, ...sound],
  // sizes
  'a size that is not there': () => [...sound, { path: 'keys/x', size: 1_000_000 }],
  'a size beyond every file': () => [...sound, { path: 'keys/x', size: 8_000_000_000 }],
  'a size of eleven sevens': () => [...sound, { path: 'keys/x', size: 0o77777777777 }],
  'an artifact that is longer than was signed': () =>
    changed((one) => (one.path === object ? { ...one, bytes: Buffer.alloc(5_000_000) } : one)),
  // duplicates
  'a path twice': () => [...sound, { path: object, bytes: Buffer.from('forged') }],
  'a path twice, the forged one first': () => [{ path: object, bytes: Buffer.from('forged') }, ...sound],
  'a path twice, in another spelling': () => [...sound, { path: `./${object}`, bytes: Buffer.from('forged') }],
  // two stores
  'the log of one store and the keys of another': () => mixed(({ path }) => path.startsWith('keys/')),
  'the keys of one store and the log of another': () => mixed(({ path }) => path.startsWith('storage/log/')),
  'the newest commit of another store': () => mixed(({ path }) => path.endsWith('000000002.json')),
  'the pin of another store': () => mixed(({ path }) => path === 'keys/pin.json'),
  'the artifacts of another store': () => mixed(({ path }) => path.startsWith('storage/objects/')),
  'a private key of another store under a name of this': () =>
    changed((one) => {
      const theirs = other.find(({ path }) => path.endsWith('.key.pem'));
      return one.path.endsWith('.key.pem') ? { ...one, bytes: theirs?.bytes ?? Buffer.alloc(0) } : one;
    }),
};

describe('a backup that somebody else wrote', () => {
  it('is opened when it is sound: what follows is refused for what it is', async () => {
    const file = await backup(tar(sound));
    const { code, stderr } = await place.run(['backup', 'verify', file, '--identity', place.path('identity')]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
  });

  it.each(Object.entries(HOSTILE))('%s: is refused, and nothing is anywhere', async (_, entries) => {
    const outside = place.path('outside');
    mkdirSync(outside, { recursive: true });
    writeFileSync(join(outside, 'kept'), 'precious');
    const before = snapshot(outside);
    const tmp = place.path('tmp');
    mkdirSync(tmp, { recursive: true });
    const file = await backup(tar(entries()));
    const target = place.path('target');
    const args = ['backup', 'restore', file, '--to', target, '--identity', place.path('identity')];
    const { code, stderr } = await place.run(args, { env: { TMPDIR: tmp } });
    expect({ stderr, code }).toMatchObject({ code: expect.toSatisfy((one) => one !== 0 && one !== 70) });
    expect(stderr).not.toMatch(/\u001b|^\s+at /m);
    expect(readdirSync(tmp)).toEqual([]);
    expect(snapshot(outside)).toEqual(before);
    expect(readdirSync(place.folder)).not.toContain('x');
    expect(existsSync(target)).toBe(false);
  });
});
