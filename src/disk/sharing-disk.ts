import { fchmodSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Disk } from './disk.ts';

/**
 * Returns a disk on which what is made in a folder that its group can write is open to that group too, whatever the umask:
 * platforms give a volume to a group, and processes a user of any number.
 */
export function sharingDisk(disk: Disk): Disk {
  return {
    open: (path, flags, mode) => {
      const fd = disk.open(path, flags, mode);
      if (mode !== undefined && isOfGroup(dirname(path))) fchmodSync(fd, forGroup(mode));
      return fd;
    },
    mkdir: (path, mode) => {
      disk.mkdir(path, mode);
      if (!isOfGroup(dirname(path))) return;
      const fd = disk.open(path, 'r');
      fchmodSync(fd, forGroup(mode));
      disk.close(fd);
    },
    write: (fd, bytes) => disk.write(fd, bytes),
    close: (fd) => disk.close(fd),
    fsync: (fd) => disk.fsync(fd),
    link: (existing, target) => disk.link(existing, target),
    rename: (from, to) => disk.rename(from, to),
    unlink: (path) => disk.unlink(path),
    identity: (path) => disk.identity(path),
  };
}

function isOfGroup(folder: string): boolean {
  return (statSync(folder).mode & 0o020) !== 0;
}

/** Gives a group what the owner has. */
function forGroup(mode: number): number {
  return mode | ((mode & 0o700) >> 3);
}
