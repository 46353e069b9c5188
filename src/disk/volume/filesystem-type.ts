import { statfsSync } from 'node:fs';

/** f_type of file systems on which SQLite's shared memory is not safe: NFS, SMB, CIFS, SMB2, 9p, and FUSE (virtiofs). */
const NO_WAL_FILE_SYSTEMS = new Set([0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x01021997, 0x65735546]);
/** True on file systems where processes share no memory: the cache does without WAL there, and a store is in poor hands. */
export function lacksSharedMemory(path: string): boolean {
  return NO_WAL_FILE_SYSTEMS.has(statfsSync(path).type);
}
