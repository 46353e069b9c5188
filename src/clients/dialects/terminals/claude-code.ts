import { SHELL_REFERENCES, TYPED_HTTP, TYPED_SSE, TYPED_STDIO } from '../common-forms.ts';
import type { Dialect } from '../dialect.ts';

/** Claude Code: its file holds far more than servers, and changes many times in a session. */
export const claudeCode: Dialect = {
  client: 'claude-code',
  title: 'Claude Code',
  files: [{ paths: ['$CLAUDE_CONFIG_DIR/.claude.json', '~/.claude.json'] }],
  projectFiles: ['.mcp.json'],
  localSection: ['projects', '{project}', 'mcpServers'],
  format: 'json',
  section: ['mcpServers'],
  stdio: TYPED_STDIO,
  http: TYPED_HTTP,
  sse: TYPED_SSE,
  variables: SHELL_REFERENCES,
  kept: ['headersHelper', 'oauth', 'timeout'],
  reservedNames: ['workspace', 'claude-in-chrome', 'computer-use'],
  rewrites: true,
  silences: { excluded: ['projects', '{project}', 'disabledMcpServers'] },
  offList: 'projects.PATH.disabledMcpServers in ~/.claude.json',
  reload: 'Start a new session of Claude Code.',
  quirks: [
    'It drops cwd without a word.',
    'A variable that is not set stays as text; credentials such as ANTHROPIC_API_KEY, HTTPS_PROXY and NPM_TOKEN are reported to read empty in addresses and headers.',
    'A server of the local scope wins over one of the project, and that over one of the user.',
  ],
};
