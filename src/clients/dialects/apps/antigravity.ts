import { STDIO } from '../common-forms.ts';
import type { Dialect } from '../dialect.ts';

/** Antigravity, the app and `agy`. */
export const antigravity: Dialect = {
  client: 'antigravity',
  title: 'Antigravity',
  files: [
    {
      paths: [
        '~/.gemini/config/mcp_config.json',
        '~/.gemini/antigravity/mcp_config.json',
        '~/.gemini/antigravity-cli/mcp_config.json',
      ],
    },
  ],
  projectFiles: ['.agents/mcp_config.json'],
  format: 'json',
  section: ['mcpServers'],
  stdio: { ...STDIO, cwd: 'cwd' },
  http: { url: ['serverUrl', 'url'], headers: ['headers'] },
  off: { member: 'disabled', when: true },
  kept: ['disabled', 'disabledTools', 'authProviderType'],
  desktop: true,
  reload: 'Refresh the servers in Antigravity, or start it again.',
  quirks: [
    'It had three paths in a year; an older one is used only where the newest is not there.',
    'With a syntax error agy ends at its start; a bad entry vanishes without a word.',
  ],
};
