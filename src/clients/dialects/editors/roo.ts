import { STDIO, TYPED_SSE } from '../common-forms.ts';
import type { Dialect } from '../dialect.ts';

const BELOW = 'Code/User/globalStorage/rooveterinaryinc.roo-cline/settings/mcp_settings.json';

/** Roo Code, which ended in May 2026. */
export const roo: Dialect = {
  client: 'roo',
  title: 'Roo Code',
  files: [{ paths: { mac: [`AS/${BELOW}`], linux: [`XDG/${BELOW}`], windows: [`RO/${BELOW}`] } }],
  projectFiles: ['.roo/mcp.json'],
  format: 'json',
  section: ['mcpServers'],
  stdio: { ...STDIO, cwd: 'cwd' },
  http: {
    url: ['url'],
    headers: ['headers'],
    type: { writes: 'streamable-http', reads: ['streamable-http'] },
  },
  sse: TYPED_SSE,
  off: { member: 'disabled', when: true },
  kept: ['disabled', 'alwaysAllow', 'disabledTools', 'timeout', 'watchPaths'],
  desktop: true,
  readOnly: 'it ended in May 2026',
  reload: 'Roo Code reads the file when it is saved.',
  quirks: ['One variable that it does not know hides every server of the file.'],
};
