import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  closeSync,
  copyFileSync,
  cpSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join, sep } from 'node:path';
import fc from 'fast-check';

/** Folders of one installation that is under attack. */
export interface Scene {
  readonly storage: string;
  /** A folder beside storage, of another owner: what an attacker could lead a write to. */
  readonly outside: string;
  /** Files of other stores and of forgers, to put in the place of genuine ones. */
  readonly pool: string;
}

/** What is changed: numbers choose among what there is when the change is made, so that every value means something. */
export interface StorageChange {
  readonly kind: keyof typeof KINDS;
  /** Where: a file, any folder, or the storage folder's own entries. */
  readonly target: 'file' | 'folder' | 'new';
  readonly at: number;
  /** A second thing: another file, another name, a position. */
  readonly other: number;
  /** Bytes to write. */
  readonly bytes: Uint8Array;
}

type Apply = (path: string, change: StorageChange, scene: Scene) => void;

/** Everything that who writes the storage can do to one path, by name. */
const KINDS = {
  'flip bits': onFile((path, { other, bytes }) => {
    const size = lstatSync(path).size;
    const fd = openSync(path, 'r+');
    const at = size === 0 ? 0 : other % size;
    const there = readFileSync(path)[at] ?? 0;
    writeSync(fd, Buffer.from([there ^ ((bytes[0] ?? 1) || 1)]), 0, 1, at);
    closeSync(fd);
  }),
  'write over': onFile((path, { other, bytes }) => {
    const fd = openSync(path, 'r+');
    writeSync(fd, bytes, 0, bytes.length, other % (lstatSync(path).size + 1));
    closeSync(fd);
  }),
  truncate: onFile((path, { other }) => truncateSync(path, other % (lstatSync(path).size + 1))),
  empty: onFile((path) => truncateSync(path, 0)),
  extend: onFile((path, { bytes }) => appendFileSync(path, bytes)),
  'other bytes': (path, { bytes }) => {
    clear(path);
    writeFileSync(path, bytes);
  },
  'huge and sparse': (path, { other }) => {
    if (!isFile(path)) {
      clear(path);
      writeFileSync(path, '');
    }
    truncateSync(path, 2 ** (20 + (other % 23)));
  },
  'another file of the store': (path, { other }, { storage }) => copyOver(pick(files(storage), other), path),
  'a file of a forger': (path, { other }, { pool }) => copyOver(pick(files(pool), other), path),
  'a forged commit in its place': (_, { other, at }, { storage, pool }) => {
    const forged = pick(
      files(pool).filter((file) => file.includes(`${sep}log${sep}`)),
      other,
    );
    if (forged === undefined) return;
    // Under the index it was made for, or any other.
    const own = join(storage, forged.slice(forged.indexOf(`${sep}log${sep}`)));
    copyOver(forged, at % 4 === 0 ? join(storage, 'log/000/000', commitName(at % 40)) : own);
  },
  'its copy under another name': (path, { other }, { storage }) => {
    const target = place(storage, other);
    if (isFile(path)) copyOver(path, target);
    else if (isFolder(path) && !target.startsWith(path))
      cpSync(path, target, { recursive: true, verbatimSymlinks: true });
  },
  'another name': (path, { other }, { storage }) => {
    const target = place(storage, other);
    if (target.startsWith(path)) return;
    clear(target);
    renameSync(path, target);
  },
  'change places': (path, { other }, { storage }) => {
    const second = pick(files(storage), other);
    if (second === undefined || !isFile(path)) return;
    renameSync(path, `${path}~`);
    renameSync(second === path ? `${path}~` : second, path);
    if (second !== path) renameSync(`${path}~`, second);
  },
  gone: (path) => rmSync(path, { recursive: true, force: true }),
  'a link to a file inside': (path, { other }, { storage }) => symlink(pick(files(storage), other) ?? storage, path),
  'a link to its copy outside': (path, { at }, { outside }) => {
    const target = join(outside, `target-${at}`);
    if (isFolder(path)) cpSync(path, target, { recursive: true, verbatimSymlinks: true });
    else if (isFile(path) && lstatSync(path).size < 1e7) copyFileSync(path, target);
    else writeFileSync(target, 'precious');
    symlink(target, path);
  },
  'a link to a folder outside': (path, _, { outside }) => symlink(outside, path),
  'a link to nothing': (path, { at }, { outside }) => symlink(join(outside, `missing-${at}`), path),
  'a link to a device': (path, { other }) => symlink(other % 2 === 0 ? '/dev/zero' : '/dev/stdin', path),
  'a link to itself': (path) => symlink(path, path),
  'two links in a ring': (path) => {
    symlink(`${path}.ring`, path);
    symlink(path, `${path}.ring`);
  },
  'a second name of a file outside': (path, { at }, { outside }) => {
    const target = join(outside, `linked-${at}`);
    writeFileSync(target, 'precious');
    clear(path);
    linkSync(target, path);
  },
  'a FIFO': (path) => {
    clear(path);
    execFileSync('mkfifo', [path]);
  },
  'a socket': (path, _, { outside }) => {
    clear(path);
    // A socket's path may be 107 characters long, the place it is wanted at is longer.
    const server = createServer().listen(join(outside, 's'));
    renameSync(join(outside, 's'), path);
    server.close();
  },
  'a device': (path, { other }) => {
    if (process.getuid?.() !== 0) return;
    clear(path);
    execFileSync('mknod', other % 2 === 0 ? [path, 'c', '1', '5'] : [path, 'c', '1', '7']);
  },
  'a folder': (path, { other }) => {
    clear(path);
    mkdirSync(join(path, name(other)), { recursive: true });
  },
  'a file': (path, { bytes }) => {
    clear(path);
    writeFileSync(path, bytes);
  },
  'no permissions': (path) => isLink(path) || chmodSync(path, 0o000),
  'odd permissions': (path, { other }) => isLink(path) || chmodSync(path, other % 0o10000),
  'many neighbours': (path, { other, bytes }) => {
    const folder = isFolder(path) ? path : join(path, '..');
    for (let i = 0; i < 300; i++) writeFileSync(join(folder, `${name(other + i)}${i}`.slice(0, 200)), bytes);
  },
  'a neighbour with an odd name': (path, { other, bytes }) => {
    const folder = isFolder(path) ? path : join(path, '..');
    const target = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(pick(ODD_NAMES, other) ?? 'x', 'latin1')]);
    writeFileSync(target, bytes);
  },
  'deep folders': (path, { other }) => {
    clear(path);
    mkdirSync(join(path, ...Array.from({ length: 1 + (other % 60) }, () => 'deeper')), { recursive: true });
  },
} as const satisfies Readonly<Record<string, Apply>>;

/** Names no program would choose, as Latin-1: control characters, escapes of terminals, bytes that are no UTF-8. */
const ODD_NAMES = [
  'a\nb',
  '\u001b[2J\u001b[31m',
  '\u001b]0;title\u0007',
  '\r',
  '\u0001',
  '\u007f',
  '\u00ff\u00fe\u00c0',
  '-rf',
  ' ',
  '...',
  '*',
  '$(touch x)',
  '`id`',
  "'",
  'x'.repeat(255),
  Buffer.from('\u202e\u2066gpj.nosj\u{e0041}').toString('latin1'),
];

const HEX = '0123456789abcdef'.repeat(4);

/** A name of the form that something of the store has, or of something near it. */
function name(choice: number): string {
  const names = [
    commitName(choice % 40),
    commitName(999_999_999),
    '1000000000.json',
    '-00000001.json',
    '000',
    '001',
    '999',
    `${choice % 20}.json`,
    '999999999999999.json',
    '9007199254740993.json',
    '0.json',
    '1e3.json',
    HEX,
    `${HEX.slice(2)}${HEX.slice(0, 2)}`,
    HEX.slice(1),
    HEX.toUpperCase(),
    'format',
    'format.json',
    'cache.sqlite',
    'cache.sqlite-wal',
    'gate-turn',
    'gate-queue',
    'pin.json',
    `${1 + (choice % 9_999)}-0123456789abcdef`,
    'log',
    'objects',
    'drafts',
    'tmp',
    'quarantine',
    'lost+found',
    '.git',
  ];
  return pick(names, choice) ?? 'x';
}

function commitName(index: number): string {
  return `${String(index).padStart(9, '0')}.json`;
}

/** A path below storage at which there may be something or nothing. */
function place(storage: string, choice: number): string {
  return join(pick(folders(storage), choice) ?? storage, name(Math.floor(choice / 7)));
}

/** Makes one change; says what was done to which path, or that nothing could be. */
export function applyChange(change: StorageChange, scene: Scene): string {
  const { storage } = scene;
  const { kind, target, at } = change;
  const path =
    target === 'file'
      ? pick(files(storage), at)
      : target === 'folder'
        ? pick(folders(storage), at)
        : place(storage, at);
  if (path === undefined || path === storage) return `${kind}: nothing to do it to`;
  const where = path.slice(storage.length + 1);
  try {
    KINDS[kind](path, change, scene);
    return `${kind}: ${where}`;
  } catch (error) {
    // What an earlier change left there may be in the way of this one; an attacker meets that too.
    return `${kind}: ${where} (${(error as NodeJS.ErrnoException).code ?? String(error)})`;
  }
}

/** One to three changes, made one after the other. */
export const storageChanges: fc.Arbitrary<readonly StorageChange[]> = fc.array(
  fc.record({
    kind: fc.constantFrom(...(Object.keys(KINDS) as (keyof typeof KINDS)[])),
    target: fc.constantFrom('file', 'file', 'file', 'folder', 'new'),
    at: fc.nat(1_000_000),
    other: fc.nat(1_000_000),
    bytes: fc.uint8Array({ maxLength: 64 }),
  } as const),
  { minLength: 1, maxLength: 3 },
);

/** Regular files below a folder, in order; links are not followed. */
function files(root: string): string[] {
  return below(root).flatMap(({ path, file }) => (file ? [path] : []));
}

/** Folders below a folder that hold something, and one in sixteen of the empty ones: most are empty. */
function folders(root: string): string[] {
  const all = below(root).flatMap(({ path, folder }) => (folder ? [path] : []));
  return [root, ...all.filter((path, i) => i % 16 === 0 || isUsed(path))];
}

function isUsed(path: string): boolean {
  try {
    return readdirSync(path).length > 0;
  } catch {
    return true; // may not be listed: chosen all the same
  }
}

function below(root: string): { path: string; file: boolean; folder: boolean }[] {
  const found: { path: string; file: boolean; folder: boolean }[] = [];
  for (const entry of readdirSync(root, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(root, entry.name);
    found.push({ path, file: entry.isFile(), folder: entry.isDirectory() });
    if (entry.isDirectory()) {
      try {
        found.push(...below(path));
      } catch {
        // A folder that may not be listed hides what is in it from this attacker too.
      }
    }
  }
  return found;
}

function onFile(apply: Apply): Apply {
  return (path, change, scene) => {
    if (!isFile(path) || lstatSync(path).size > 1e7) return;
    if ((lstatSync(path).mode & 0o600) !== 0o600) chmodSync(path, 0o644);
    apply(path, change, scene);
  };
}

function pick<T>(list: readonly T[], choice: number): T | undefined {
  return list[choice % list.length];
}

function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

function symlink(target: string, path: string): void {
  clear(path);
  symlinkSync(target, path);
}

function copyOver(from: string | undefined, path: string): void {
  if (from === undefined || from === path || lstatSync(from).size > 1e7) return;
  const bytes = readFileSync(from);
  clear(path);
  writeFileSync(path, bytes, { mode: 0o444 });
}

function clear(path: string): void {
  rmSync(path, { recursive: true, force: true });
}
