import { ENV_REFERENCES, HTTP, STDIO, TYPED_SSE } from '../common-forms.ts';
import type { Dialect } from '../dialect.ts';

/** Cursor. */
export const cursor: Dialect = {
  client: 'cursor',
  title: 'Cursor',
  files: [{ paths: ['~/.cursor/mcp.json'] }],
  projectFiles: ['.cursor/mcp.json'],
  format: 'json',
  section: ['mcpServers'],
  stdio: STDIO,
  http: HTTP,
  sse: TYPED_SSE,
  variables: ENV_REFERENCES,
  kept: ['envFile', 'auth'],
  limits: { servers: 20, variables: 50 },
  desktop: true,
  reload: 'Cursor reads the file when it is saved; otherwise switch the server off and on in its settings.',
  quirks: ['The off switch of a server is not in the file.', 'It documents no cwd.'],
};
