import { readFileSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';

/** The file system that a path lies on. */
export interface Mount {
  /** Where it is mounted: `/` for the root file system, which in a container goes with the container. */
  readonly point: string;
  /** The folder of its file system that is mounted there. */
  readonly root: string;
  /** `ext4`, `tmpfs` … */
  readonly type: string;
}

/**
 * Returns what is mounted where a path lies. A path that is not there yet counts as where it would be made.
 *
 * @param mountInfo text of proc_pid_mountinfo(5), given in tests
 * @returns undefined where the system does not tell (it does on Linux only)
 */
export function mountOf(path: string, mountInfo: string | undefined = readMountInfo()): Mount | undefined {
  if (mountInfo === undefined) return undefined;
  const target = real(path);
  let found: Mount | undefined;
  for (const line of mountInfo.split('\n')) {
    const [before = '', after = ''] = line.split(' - ');
    const fields = before.split(' ');
    if (fields[4] === undefined) continue;
    const point = unescaped(fields[4]);
    const holds = point === '/' || target === point || target.startsWith(`${point}/`);
    if (holds && point.length >= (found?.point.length ?? 0))
      found = { point, root: unescaped(fields[3] ?? ''), type: after.split(' ', 1)[0] ?? '' };
  }
  return found;
}

function readMountInfo(): string | undefined {
  try {
    return readFileSync('/proc/self/mountinfo', 'utf8');
  } catch {
    return undefined; // not Linux, or no /proc
  }
}

/** Links resolved, also where only a folder above is there. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const above = dirname(path);
    return above === path ? path : `${real(above).replace(/\/$/, '')}${path.slice(above.replace(/\/$/, '').length)}`;
  }
}

/** The kernel writes space, tab, line feed and backslash as three octal digits. */
function unescaped(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
