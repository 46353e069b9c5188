import { readFileSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Where the file system that holds a path is mounted: `/` for what lies in the root file system, which in a container goes
 * with the container. A path that is not there yet counts as where it would be made.
 *
 * @param mountInfo text of proc_pid_mountinfo(5), given in tests
 * @returns undefined where the system does not tell (it does on Linux only)
 */
export function mountPoint(path: string, mountInfo: string | undefined = readMountInfo()): string | undefined {
  if (mountInfo === undefined) return undefined;
  const target = real(path);
  let found: string | undefined;
  for (const line of mountInfo.split('\n')) {
    const field = line.split(' ')[4];
    if (field === undefined) continue;
    const point = unescaped(field);
    const holds = point === '/' || target === point || target.startsWith(`${point}/`);
    if (holds && point.length >= (found?.length ?? 0)) found = point;
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
