import { readFileSync } from 'node:fs';

/**
 * Returns the id that a user or group of this process has outside, where a container engine maps ids (rootless, userns-remap).
 *
 * @param map text of /proc/self/uid_map or gid_map (user_namespaces(7)), given in tests
 * @returns undefined where ids are the same outside, or the system does not tell
 */
export function idOutside(
  id: number,
  kind: 'uid' | 'gid',
  map: string | undefined = readMap(kind),
): number | undefined {
  for (const line of map?.trim().split('\n') ?? []) {
    const [inside = 0, outside = 0, count = 0] = line.trim().split(/\s+/).map(Number);
    if (id >= inside && id < inside + count) return inside === outside ? undefined : outside + id - inside;
  }
  return undefined;
}

function readMap(kind: 'uid' | 'gid'): string | undefined {
  try {
    return readFileSync(`/proc/self/${kind}_map`, 'utf8');
  } catch {
    return undefined; // not Linux, or no /proc
  }
}
