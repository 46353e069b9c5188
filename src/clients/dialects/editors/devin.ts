import { STDIO } from '../common-forms.ts';
import type { Dialect, RemoteForm } from '../dialect.ts';

const REMOTE: RemoteForm = { url: ['url', 'serverUrl'], headers: ['headers'] };

/** Devin, which was Windsurf: several programs with a file each. */
export const devin: Dialect = {
  client: 'devin',
  title: 'Devin (Windsurf)',
  files: [
    {
      paths: { mac: ['XDG/devin/config.json'], linux: ['XDG/devin/config.json'], windows: ['RO/devin/config.json'] },
      note: 'the command line and the local agent',
    },
    { paths: ['XDG/devin/mcp_config.json'], note: 'also seen' },
    { paths: ['~/.codeium/windsurf/mcp_config.json'], note: 'the Cascade agent' },
    { paths: ['~/.codeium/mcp_config.json'], note: 'the plugin for JetBrains' },
  ],
  projectFiles: ['.devin/config.json', '.devin/config.local.json'],
  format: 'jsonc',
  section: ['mcpServers'],
  stdio: STDIO,
  typeMember: 'transport',
  http: { ...REMOTE, type: { reads: ['http'] } },
  sse: { ...REMOTE, type: { writes: 'sse', reads: ['sse'] } },
  off: { member: 'disabled', when: true },
  kept: ['disabled', 'disabledTools'],
  desktop: true,
  reload: 'Refresh the servers in Devin, or start it again.',
  quirks: [
    'Sources disagree on the file: each that exists is a target of its own, and the result says who reads it.',
    'The Cascade agent takes 100 tools together.',
    'References to variables are known in the Cascade file only, so none is written.',
  ],
};
