import { readStart, withRegularFile } from '../../disk/opened-file.ts';
import { movedStore } from '../moved-store.ts';
import { lookBelow, type Storage } from './storage.ts';

/** The most that is read of the mark, in bytes. */
const MAX_BYTES = 4_096;

/** Says where the store was moved to; undefined while it is here. About 2 µs. */
export function movedTo(storage: Storage): string | undefined {
  const { layout, folders } = storage;
  if (lookBelow(storage, layout.moved) === undefined) return undefined;
  const bytes = withRegularFile(
    folders.toRead(layout.moved),
    (fd, { size }) => readStart(fd, Math.min(size, MAX_BYTES)),
    () => new Uint8Array(),
  );
  return (
    Buffer.from(bytes ?? [])
      .toString()
      .trim() || 'another place'
  );
}

/** @throws StoreError STORE_READONLY once the store was moved */
export function refuseMoved(storage: Storage): void {
  const to = movedTo(storage);
  if (to !== undefined) throw movedStore(to);
}

/** Leaves the mark, or takes it away. */
export async function setMoved({ disk, layout }: Storage, to: string | undefined): Promise<void> {
  if (to !== undefined) await disk.writeFile(layout.tmp, layout.moved, Buffer.from(`${to}\n`), 0o444);
  else await disk.remove(layout.moved);
}
