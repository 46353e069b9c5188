import { basename } from 'node:path';
import { StoreError } from '../../core/errors.ts';
import { fileFault } from '../../disk/file-fault.ts';
import { FORMAT_LINE, readFormat } from './format.ts';
import { FAN_OUT } from './layout.ts';
import { isOlderCache } from './left-overs.ts';
import { namesIn, type Storage } from './storage.ts';

/**
 * Makes the folders and the format file, and tries a hard link.
 *
 * @throws StoreError STORE_UNSUPPORTED for a folder that holds something else, or a volume without hard links; STORE_UNREADABLE,
 * STORE_READONLY, STORE_FULL, STORE_NEWER, CORRUPT
 */
export async function prepareStorage(storage: Storage): Promise<void> {
  const { layout, disk, folders } = storage;
  await disk.makeFolders(layout.root);
  const version = readFormat(storage);
  if (version === undefined) refuseForeign(storage);
  const inRoot = [layout.tmp, layout.objects, layout.log, layout.drafts];
  await disk.makeFoldersIn(
    layout.root,
    inRoot.map((folder) => basename(folder)),
  );
  try {
    for (const folder of inRoot) folders.folder(folder);
  } catch (error) {
    throw fileFault(error, layout.root, 'open');
  }
  await disk.makeFoldersIn(layout.objects, FAN_OUT);
  if (version === undefined) await disk.writeFile(layout.tmp, layout.format, Buffer.from(FORMAT_LINE), 0o444);
  await probeHardLinks(storage);
}

/** A commit is a hard link: a volume without them is refused before anything is signed. */
async function probeHardLinks({ layout, disk }: Storage): Promise<void> {
  const probe = disk.stage(layout.tmp, new Uint8Array(), 0o600);
  const target = `${probe.path}-link`;
  await disk.link(probe, target);
  disk.drop({ path: target, durable: Promise.resolve() });
}

/**
 * Refuses a folder with something else in it, and names that. Hidden files are the system's.
 *
 * @throws StoreError STORE_UNSUPPORTED, STORE_UNREADABLE
 */
export function refuseForeign(storage: Storage): void {
  const { layout } = storage;
  const ours = [
    layout.tmp,
    layout.objects,
    layout.log,
    layout.drafts,
    layout.quarantine,
    layout.format,
    layout.moved,
  ].map((path) => basename(path));
  const isForeign = (name: string) =>
    !name.startsWith('.') && name !== 'lost+found' && !ours.includes(name) && !isOlderCache(name);
  for (const name of namesIn(storage, layout.root, isForeign))
    throw new StoreError(
      'STORE_UNSUPPORTED',
      `${layout.root} is no store, and not empty either: it holds ${JSON.stringify(name)}`,
      {
        hint: 'Nothing was written. Name an empty folder, or one that is not there yet.',
        advice: [{ do: 'set', setting: 'CONFIG_STORE_VAR' }],
        details: { path: layout.root, found: name },
      },
    );
}
