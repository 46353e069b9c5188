import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** What an attacker puts in the place of a path, by name; each gets the path and an empty folder outside storage. */
export const IN_PLACE_OF_A_FILE: Readonly<Record<string, (path: string, outside: string) => void>> = {
  'a link to a file outside': (path, outside) => {
    if (existsSync(path)) cpSync(path, join(outside, 'target'));
    else writeFileSync(join(outside, 'target'), 'precious');
    symlinkTo(path, join(outside, 'target'));
  },
  'a link to a device': (path) => symlinkTo(path, '/dev/zero'),
  'a link to nothing': (path, outside) => symlinkTo(path, join(outside, 'not-there')),
  'a link to itself': (path) => symlinkTo(path, path),
  'a FIFO': (path) => {
    clear(path);
    execFileSync('mkfifo', [path]);
  },
  'a folder': (path) => {
    clear(path);
    mkdirSync(join(path, 'inside'), { recursive: true });
  },
  'a huge sparse file': (path) => {
    clear(path);
    writeFileSync(path, '');
    truncateSync(path, 2 ** 40);
  },
};

/** The same for a folder; what a link leads to has all that the folder had, so that following it would work. */
export const IN_PLACE_OF_A_FOLDER: Readonly<Record<string, (path: string, outside: string) => void>> = {
  'a link to a folder outside': (path, outside) => {
    if (existsSync(path)) renameSync(path, join(outside, 'target'));
    else mkdirSync(join(outside, 'target'));
    symlinkTo(path, join(outside, 'target'));
  },
  'a link to nothing': (path, outside) => symlinkTo(path, join(outside, 'not-there')),
  'a link to itself': (path) => symlinkTo(path, path),
  'a link to a FIFO': (path, outside) => {
    execFileSync('mkfifo', [join(outside, 'fifo')]);
    symlinkTo(path, join(outside, 'fifo'));
  },
  'a FIFO': (path) => {
    clear(path);
    execFileSync('mkfifo', [path]);
  },
  'a file': (path) => {
    clear(path);
    writeFileSync(path, 'a file');
  },
};

/** All that is below a folder: kind, mode, size, time and content of everything. */
export function snapshot(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const path = join(folder, name);
      const stats = lstatSync(path);
      const content = stats.isFile() ? readFileSync(path, 'utf8') : stats.isSymbolicLink() ? readlinkSync(path) : '';
      const time = stats.isDirectory() ? '' : stats.mtimeMs; // of a folder the names say it
      return [name, stats.mode.toString(8), stats.nlink, stats.isFile() ? stats.size : '', time, content].join(' ');
    });
}

function symlinkTo(path: string, target: string): void {
  clear(path);
  symlinkSync(target, path);
}

function clear(path: string): void {
  rmSync(path, { recursive: true, force: true });
  mkdirSync(dirname(path), { recursive: true });
}
