import { EVERYWHERE, TYPED_STDIO } from '../common-forms.ts';
import type { Dialect, RemoteForm } from '../dialect.ts';

const REMOTE: RemoteForm = { url: ['url'], headers: ['requestOptions.headers'] };

/** Continue: a list of servers, each with its name. */
export const continueDev: Dialect = {
  client: 'continue',
  title: 'Continue',
  files: [
    { paths: ['~/.continue/config.yaml'] },
    { paths: ['~/.continue/mcpServers/*.yaml'], note: 'one block', readOnly: true },
    {
      paths: ['~/.continue/mcpServers/*.json'],
      note: 'one block, as Claude Desktop has them',
      readOnly: true,
      format: 'json',
      list: false,
    },
  ],
  projectFiles: ['.continue/mcpServers/config-store.yaml'],
  format: 'yaml',
  section: ['mcpServers'],
  list: true,
  stdio: { ...TYPED_STDIO, cwd: 'cwd' },
  http: { ...REMOTE, type: { writes: 'streamable-http', reads: ['streamable-http', 'http'] } },
  sse: { ...REMOTE, type: { writes: 'sse', reads: ['sse'] } },
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the form that the file has.
  variables: { written: '${{ secrets.NAME }}', where: EVERYWHERE },
  required: { all: { name: '{name}' } },
  kept: ['connectionTimeout'],
  desktop: true,
  reload: 'Continue reads the file when it is saved.',
  quirks: ['Files of single blocks in mcpServers/ are looked at and never written.'],
};
