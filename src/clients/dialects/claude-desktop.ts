import { posix, win32 } from 'node:path';
import type { Dialect } from './dialect.ts';

/** The family name of its package in the Microsoft Store; what such an app writes to %APPDATA% lands in this folder. */
const MSIX_PACKAGE = 'Claude_pzs8sxrjxfjjc';
const FILE = 'claude_desktop_config.json';

/** Claude Desktop: stdio servers only, no variables in values, and it rewrites the file itself while it runs. */
export const claudeDesktop: Dialect = {
  client: 'claude-desktop',
  title: 'Claude Desktop',
  format: 'json',
  key: 'mcpServers',
  files: ({ platform, home, appData, localAppData, configHome }) => {
    if (platform === 'win32') {
      const roaming = appData ?? win32.join(home, 'AppData', 'Roaming');
      const local = localAppData ?? win32.join(home, 'AppData', 'Local');
      return [
        win32.join(local, 'Packages', MSIX_PACKAGE, 'LocalCache', 'Roaming', 'Claude', FILE),
        win32.join(roaming, 'Claude', FILE),
      ];
    }
    if (platform === 'darwin') return [posix.join(home, 'Library', 'Application Support', 'Claude', FILE)];
    const config = configHome ?? posix.join(home, '.config');
    return [posix.join(config, 'Claude', FILE), posix.join(config, 'claude', FILE)];
  },
  restart: 'Quit Claude Desktop altogether (closing its window is not enough) and start it again.',
};
