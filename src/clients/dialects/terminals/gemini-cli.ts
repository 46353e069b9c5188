import { SHELL_REFERENCES } from '../common-forms.ts';
import type { Dialect } from '../dialect.ts';

/** Gemini CLI: an address alone means SSE. */
export const geminiCli: Dialect = {
  client: 'gemini-cli',
  title: 'Gemini CLI',
  files: [{ paths: ['$GEMINI_CLI_HOME/.gemini/settings.json', '~/.gemini/settings.json'] }],
  projectFiles: ['.gemini/settings.json'],
  format: 'jsonc',
  section: ['mcpServers'],
  stdio: { command: 'command', env: 'env', cwd: 'cwd' },
  http: { url: ['httpUrl', 'url'], headers: ['headers'], type: { reads: ['http'] } },
  sse: { url: ['url'], headers: ['headers'], type: { reads: ['sse'] } },
  variables: SHELL_REFERENCES,
  kept: ['timeout', 'trust', 'includeTools', 'excludeTools', 'description', 'oauth'],
  silences: { excluded: ['mcp', 'excluded'], allowed: ['mcp', 'allowed'] },
  offList: 'mcp.allowed and mcp.excluded in the same file',
  reload: 'Type /mcp refresh, or start a new session.',
  quirks: [
    'url alone means SSE; streamable HTTP is written httpUrl. type: stdio is refused.',
    'Variables with names like *TOKEN* and *KEY* are taken out of the environment of servers: list them in env.',
    'Comments are allowed, commas before a closing bracket are not.',
  ],
};
