import { mountPoint } from '../disk/mount-point.ts';
import type { Settings } from './settings.ts';

/** What is wrong, and the command that mends it. */
export interface ForgottenVolume {
  readonly message: string;
  readonly hint: string;
}

/**
 * Where volumes are expected (the image says so): whether storage or keys lie in the container itself, and would go with it.
 * Undefined when all is well, or not asked for.
 */
export function forgottenVolume({ expectVolume, paths }: Settings): ForgottenVolume | undefined {
  if (!expectVolume) return undefined;
  const lost = [paths.storage, paths.keys].filter((path) => mountPoint(path) === '/');
  if (lost.length === 0) return undefined;
  return {
    message: `no volume is mounted at ${lost.join(' or ')}: what is stored there goes with this container`,
    hint: `Start it with a volume: docker run -v mcp-config-store:${paths.root} …`,
  };
}
