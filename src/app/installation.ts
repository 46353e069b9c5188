import type { Installation } from '../verbs/shared/installation.ts';
import { forgottenVolume } from './forgotten-volume.ts';
import { absoluteHome, homeFolder } from './given-path.ts';
import { machineFolder, type Settings } from './settings.ts';
import { version } from './version.ts';

/** The installation of this process, on its settings. Loads what starts programs only when it is asked for. */
export function installationOf(settings: () => Settings): Installation {
  return {
    version,
    settings,
    forgottenVolume: () => forgottenVolume(settings()),
    probeServer: async () => (await import('./server-probe.ts')).probeServer(),
    serverEntry: async (startedBy) =>
      (await import('./server-entry-of-this-installation.ts')).ownEntry(startedBy, settings()),
    personFolders: () => ({
      platform: process.platform,
      home: absoluteHome({ platform: process.platform, home: homeFolder() }),
      appData: machineFolder('APPDATA'),
      localAppData: machineFolder('LOCALAPPDATA'),
      configHome: machineFolder('XDG_CONFIG_HOME'),
    }),
  };
}
