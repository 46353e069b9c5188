import { type Mount, mountOf } from '../../disk/volume/mount-point.ts';
import type { ForgottenVolume } from '../../verbs/shared/installation.ts';
import type { Settings } from './settings.ts';

/** How engines name the folder of a volume that was given no name. */
const ANONYMOUS = /\/volumes\/[0-9a-f]{64}(?:\/_data)?$/;

/**
 * Says where volumes are expected (the image sets that) that storage, keys or state do not last: they lie in the container
 * itself, in memory, or on a volume without a name, which the next container does not find. Undefined when all is well, or
 * volumes are not expected.
 *
 * @param mounted given in tests
 */
export function forgottenVolume(
  { expectVolume, paths, database }: Pick<Settings, 'expectVolume' | 'paths'> & Partial<Pick<Settings, 'database'>>,
  mounted: (path: string) => Mount | undefined = mountOf,
): ForgottenVolume | undefined {
  if (!expectVolume) return undefined;
  const folders = [...(database === undefined ? [paths.storage] : []), paths.keys, paths.state];
  const where = (isMeant: (mount: Mount) => boolean) =>
    folders.filter((path) => {
      const mount = mounted(path);
      return mount !== undefined && isMeant(mount);
    });
  const hint = `Start it with a volume: docker run -v mcp-config-store:${paths.root} …`;
  const lost = where(({ point }) => point === '/');
  if (lost.length > 0)
    return {
      message: `no volume is mounted at ${either(lost)}: what is stored there goes with this container`,
      hint,
      // Without its state an installation works, and forgets what it has seen.
      severity: lost.every((path) => path === paths.state) ? 'warning' : 'error',
    };
  const inMemory = where(({ type }) => type === 'tmpfs' || type === 'ramfs');
  if (inMemory.length > 0)
    return {
      message: `${either(inMemory)} is in memory: what is stored there goes with this container`,
      hint,
      severity: 'warning',
    };
  const nameless = where(({ root }) => ANONYMOUS.test(root));
  if (nameless.length === 0) return undefined;
  return {
    message: `the volume at ${either(nameless)} has no name: the next container gets another one, which is empty`,
    hint: `Give it a name: docker run -v mcp-config-store:${paths.root} …`,
    severity: 'warning',
  };
}

function either(paths: readonly string[]): string {
  return paths.join(' or ');
}
