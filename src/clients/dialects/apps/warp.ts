import { HTTP, STDIO } from '../common-forms.ts';
import type { Dialect } from '../dialect.ts';

/** Warp. */
export const warp: Dialect = {
  client: 'warp',
  title: 'Warp',
  files: [{ paths: ['~/.warp/.mcp.json'] }],
  projectFiles: ['.warp/.mcp.json'],
  format: 'json',
  section: ['mcpServers'],
  stdio: { ...STDIO, cwd: 'working_directory' },
  http: HTTP,
  kept: [],
  desktop: true,
  reload: 'Restart Warp, or switch the server off and on in its settings.',
  quirks: ['It also reads ~/.claude.json, ~/.codex/config.toml and ~/.agents/.mcp.json.'],
};
