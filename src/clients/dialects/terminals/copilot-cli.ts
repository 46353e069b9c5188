import { TYPED_HTTP, TYPED_SSE } from '../common-forms.ts';
import type { Dialect } from '../dialect.ts';

/** GitHub Copilot on the command line. */
export const copilotCli: Dialect = {
  client: 'copilot-cli',
  title: 'GitHub Copilot CLI',
  files: [{ paths: ['$COPILOT_HOME/mcp-config.json', '~/.copilot/mcp-config.json'] }],
  projectFiles: ['.mcp.json', '.github/mcp.json'],
  format: 'json',
  section: ['mcpServers'],
  stdio: { command: 'command', env: 'env', cwd: 'cwd', type: { writes: 'local', reads: ['local', 'stdio'] } },
  http: TYPED_HTTP,
  sse: TYPED_SSE,
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the form that the file has.
  variables: { written: '${NAME}', where: ['env', 'headers', 'args'] },
  kept: ['tools', 'timeout', 'oauthClientId', 'auth', 'source', 'sourcePath'],
  offList: 'disabledMcpServers in its settings.json',
  reload: 'Type /mcp reload, or start a new session.',
  quirks: ['Only PATH and the variables that env lists reach a server.'],
};
