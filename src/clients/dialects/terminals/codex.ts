import type { Dialect } from '../dialect.ts';

/** Codex: TOML, and names of variables instead of references. */
export const codex: Dialect = {
  client: 'codex',
  title: 'Codex',
  files: [{ paths: ['$CODEX_HOME/config.toml', '~/.codex/config.toml'] }],
  projectFiles: ['.codex/config.toml'],
  format: 'toml',
  section: ['mcp_servers'],
  stdio: { command: 'command', env: 'env', envNames: 'env_vars', cwd: 'cwd' },
  http: {
    url: ['url'],
    headers: ['http_headers'],
    bearerName: 'bearer_token_env_var',
    headerNames: 'env_http_headers',
  },
  off: { member: 'enabled', when: false },
  kept: [
    ...['enabled', 'required', 'enabled_tools', 'disabled_tools', 'startup_timeout_sec', 'startup_timeout_ms'],
    ...['tool_timeout_sec', 'scopes', 'tools'],
  ],
  rewrites: true,
  reload: 'Start a new session of Codex.',
  quirks: [
    'A key that is there twice, or one wrong entry, and Codex does not start at all.',
    'Members of a local and of a remote server in one entry, or bearer_token, and the whole file fails to load; headers (a habit from JSON) loads and is ignored.',
    'Its own commands and the desktop app print all entries again.',
    'The file of a project is read only where the project is trusted.',
  ],
};
