import type { Disk } from '../../disk/disk.ts';
import { errnoOf } from './target-fault.ts';

/** How long, and how often, in ms. */
const LIMIT_MS = 1_000;
const PAUSE_MS = 50;

/**
 * Returns a disk that tries to rename again for a second: on Windows a file cannot be replaced at the moment at which a client, or a
 * virus scanner, has it open.
 */
export function patientDisk(disk: Disk, platform: NodeJS.Platform = process.platform): Disk {
  if (platform !== 'win32') return disk;
  const rename: Disk['rename'] = (from, to) => {
    for (const end = Date.now() + LIMIT_MS; ; ) {
      try {
        return disk.rename(from, to);
      } catch (error) {
        if (!/^(?:EPERM|EBUSY|EACCES)$/.test(errnoOf(error) ?? '') || Date.now() > end) throw error;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
      }
    }
  };
  return {
    rename,
    open: disk.open.bind(disk),
    write: disk.write.bind(disk),
    close: disk.close.bind(disk),
    fsync: disk.fsync.bind(disk),
    link: disk.link.bind(disk),
    unlink: disk.unlink.bind(disk),
    mkdir: disk.mkdir.bind(disk),
    identity: disk.identity.bind(disk),
  };
}
