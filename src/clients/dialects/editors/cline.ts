import { STDIO, TYPED_SSE } from '../common-forms.ts';
import type { Dialect } from '../dialect.ts';

/** Cline. */
export const cline: Dialect = {
  client: 'cline',
  title: 'Cline',
  files: [
    {
      paths: [
        '$CLINE_MCP_SETTINGS_PATH',
        '$CLINE_DATA_DIR/settings/cline_mcp_settings.json',
        '$CLINE_DIR/data/settings/cline_mcp_settings.json',
        '~/.cline/data/settings/cline_mcp_settings.json',
      ],
    },
  ],
  projectFiles: [],
  format: 'json',
  section: ['mcpServers'],
  stdio: { ...STDIO, cwd: 'cwd', type: { reads: ['stdio'] } },
  http: {
    url: ['url'],
    headers: ['headers'],
    type: { writes: 'streamableHttp', reads: ['streamableHttp', 'streamable-http', 'http'] },
  },
  sse: { ...TYPED_SSE, type: { reads: ['sse'] } },
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the form that the file has.
  variables: { written: '${env:NAME}', where: ['env', 'headers', 'args'] },
  off: { member: 'disabled', when: true },
  kept: ['disabled', 'autoApprove', 'timeout', 'remoteConfigured', 'oauth', 'metadata'],
  locks: true,
  desktop: true,
  reload: 'Cline reads the file when it is saved.',
  quirks: [
    'Without a type, an address means SSE; streamable HTTP is written streamableHttp.',
    'It locks the file with a folder FILE.lock and prints the JSON again when it saves.',
    'The older file in the global storage of the editor is read once, and then no more.',
    'A variable that is not set stays as text.',
  ],
};
