import { HTTP, STDIO } from '../common-forms.ts';
import type { Dialect } from '../dialect.ts';

/** Junie. */
export const junie: Dialect = {
  client: 'junie',
  title: 'Junie',
  files: [{ paths: ['~/.junie/mcp/mcp.json'] }],
  projectFiles: ['.junie/mcp/mcp.json'],
  format: 'json',
  section: ['mcpServers'],
  stdio: STDIO,
  http: HTTP,
  kept: [],
  desktop: true,
  reload: 'Restart Junie.',
  quirks: ['Older releases take servers over stdio only.'],
};
