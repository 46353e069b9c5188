import { mountPoint } from '../disk/mount-point.ts';
import type { ForgottenVolume } from '../verbs/shared/installation.ts';
import type { Settings } from './settings.ts';

/**
 * Says where volumes are expected (the image sets that) that storage or keys lie in the container itself, and would be lost
 * with it. Undefined when all is well, or volumes are not expected.
 */
export function forgottenVolume({ expectVolume, paths, database }: Settings): ForgottenVolume | undefined {
  if (!expectVolume) return undefined;
  const kept = database === undefined ? [paths.storage, paths.keys] : [paths.keys];
  const lost = kept.filter((path) => mountPoint(path) === '/');
  if (lost.length === 0) return undefined;
  return {
    message: `no volume is mounted at ${lost.join(' or ')}: what is stored there goes with this container`,
    hint: `Start it with a volume: docker run -v mcp-config-store:${paths.root} …`,
  };
}
