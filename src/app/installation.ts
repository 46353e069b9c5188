import type { Installation } from '../verbs/shared/installation.ts';
import { forgottenVolume } from './settings/forgotten-volume.ts';
import { absoluteHome, homeFolder } from './settings/given-path.ts';
import { clientVariables, machineFolder, processEnvironment, type Settings } from './settings/settings.ts';
import { version } from './version.ts';

/** Variables by which MCP clients are led to their files. */
const CLIENT_VARIABLES = [
  ...['CLAUDE_CONFIG_DIR', 'COPILOT_HOME', 'CODEX_HOME', 'GEMINI_CLI_HOME', 'GOOSE_PATH_ROOT', 'CRUSH_GLOBAL_CONFIG'],
  ...['CLINE_MCP_SETTINGS_PATH', 'CLINE_DATA_DIR', 'CLINE_DIR', 'OPENCODE_CONFIG', 'OPENCODE_CONFIG_DIR'],
];

/** The installation of this process, on its settings. Loads what starts programs only when it is asked for. */
export function installationOf(settings: () => Settings): Installation {
  return {
    version,
    settings,
    forgottenVolume: () => forgottenVolume(settings()),
    probeServer: async () => (await import('./server-probe.ts')).probeServer(),
    serverEntry: async (startedBy) =>
      (await import('./server-entry-of-this-installation.ts')).ownEntry(startedBy, settings()),
    variable: (name) => clientVariables([name])[name],
    secret: async (name) => clientVariables([name])[name] ?? (await import('./keyring.ts')).keyringValue(name),
    probe: async (entry) => (await import('./probe-entry.ts')).probeEntry(entry),
    environmentWith: (variables) => ({ ...processEnvironment(), ...variables }),
    personFolders: () => ({
      platform: process.platform,
      home: absoluteHome({ platform: process.platform, home: homeFolder() }),
      appData: machineFolder('APPDATA'),
      localAppData: machineFolder('LOCALAPPDATA'),
      configHome: machineFolder('XDG_CONFIG_HOME'),
      variables: clientVariables(CLIENT_VARIABLES),
    }),
  };
}
