import { lstatSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { sha256Hex } from '../../src/core/digest.ts';
import { isStoreError } from '../../src/core/errors.ts';
import { openStore } from '../store/open-store.ts';
import { copyInstallation, type Installation, listing, SIGNED, symmetricDifference } from './installation.ts';
import { peakBytes } from './peak-memory.ts';
import { askAll, writeAll } from './questions.ts';
import { applyChange, type StorageChange } from './storage-changes.ts';

// Changes a copy of the storage, asks everything, and says what was wrong. A process of its own: it may hang, and its memory is measured.

/** One case: the changes, and what is known of the store before them. */
export interface FuzzCase {
  readonly root: string;
  readonly name: string;
  readonly changes: readonly StorageChange[];
  /** The installation has seen the whole store. */
  readonly seen: boolean;
  /** A process has the store open while it is changed. */
  readonly open: boolean;
}

/** What the process says: what it is about to ask, and the end of a case. */
export type Said =
  | { readonly asking: string }
  | { readonly done: readonly string[]; readonly changes: readonly string[]; readonly peakBytes: number };

const SUMS = new Map(
  readFileSync(join(import.meta.dirname, '../fixtures/first-release-store/SHA256SUMS'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => [line.slice(66).trimEnd(), line.slice(0, 64)] as const)
    .filter(([path]) => /^storage\/(log|objects)\//.test(path)),
);

function say(said: Said): void {
  process.send?.(said);
}

function isIntact({ paths }: Installation): boolean {
  for (const [path, digest] of SUMS) {
    const file = join(paths.root, path);
    try {
      const stats = lstatSync(file);
      if (!stats.isFile() || stats.size > 1e7 || sha256Hex(readFileSync(file)) !== digest) return false;
    } catch {
      return false;
    }
  }
  return true;
}

async function run({ root, name, changes, seen, open }: FuzzCase): Promise<Said> {
  const problems: string[] = [];
  const installation = copyInstallation(root, name, seen);
  const { paths } = installation;
  process.env['TMPDIR'] = installation.tmp;
  const asked = {
    seen,
    asking: (asking: string) => say({ asking }),
    wrong: (problem: string) => problems.push(problem),
  };
  const before = open ? await openStore({ paths }) : undefined;
  const made = changes.map((change) => applyChange(change, installation));
  const changed = installation.watch();
  const storage = listing(paths.storage, false);
  const intact = isIntact(installation);
  if (before !== undefined) await askAll({ ...asked, store: before, seen: true, intact });
  say({ asking: 'open' });
  try {
    const store = await openStore({ paths });
    await askAll({ ...asked, store, intact });
    const read = symmetricDifference(storage, listing(paths.storage, false));
    if (read.length > 0) problems.push(`reading changed the storage: ${read.join(', ')}`);
    await writeAll({ ...asked, store, intact });
    await store.close();
  } catch (error) {
    if (!isStoreError(error) || error.code === 'INTERNAL') problems.push(`cannot be opened: ${String(error)}`);
  }
  await before?.close();
  problems.push(...changed());
  if (seen) {
    const pin = JSON.parse(readFileSync(join(paths.state, 'pin.json'), 'utf8')) as { store: string; index: number };
    if (pin.store !== SIGNED.store || pin.index < SIGNED.head.index) problems.push(`the pin is ${pin.index}`);
  }
  rmSync(join(root, name), { recursive: true, force: true });
  return { done: [...new Set(problems)], changes: made, peakBytes: peakBytes() };
}

process.on('message', (one: FuzzCase) => {
  run(one).then(say, (error: unknown) =>
    say({ done: [error instanceof Error ? (error.stack ?? error.message) : String(error)], changes: [], peakBytes: 0 }),
  );
});
