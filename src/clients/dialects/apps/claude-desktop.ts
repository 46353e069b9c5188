import { STDIO } from '../common-forms.ts';
import type { Dialect } from '../dialect.ts';

const FILE = 'claude_desktop_config.json';

/** Claude Desktop: stdio servers only, no variables in values, and it rewrites the file itself while it runs. */
export const claudeDesktop: Dialect = {
  client: 'claude-desktop',
  title: 'Claude Desktop',
  files: [
    {
      paths: {
        mac: [`AS/Claude/${FILE}`],
        linux: [`XDG/Claude/${FILE}`, `XDG/claude/${FILE}`],
        // Whatever an app from the Microsoft Store writes to %APPDATA% lands in the folder of its package.
        windows: [`LO/Packages/Claude_pzs8sxrjxfjjc/LocalCache/Roaming/Claude/${FILE}`, `RO/Claude/${FILE}`],
      },
    },
  ],
  projectFiles: [],
  format: 'json',
  section: ['mcpServers'],
  stdio: STDIO,
  kept: [],
  desktop: true,
  reload: 'Quit Claude Desktop altogether (closing its window is not enough) and start it again.',
  quirks: [
    'Remote servers are not in the file: they are connectors in its settings.',
    'It ignores cwd and starts servers in the root folder.',
    'A byte order mark or a syntax error means no servers at all; it rewrites the file with its own settings.',
    'The build from the Microsoft Store reads only the file in its package folder.',
  ],
};
