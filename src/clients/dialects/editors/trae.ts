import { HTTP, STDIO } from '../common-forms.ts';
import type { Dialect, FilePlace } from '../dialect.ts';

const editor = (name: string): FilePlace => ({
  paths: {
    mac: [`AS/${name}/User/mcp.json`],
    linux: [`XDG/${name}/User/mcp.json`],
    windows: [`RO/${name}/User/mcp.json`],
  },
  note: name,
});

/** Trae. */
export const trae: Dialect = {
  client: 'trae',
  title: 'Trae',
  files: [editor('Trae'), editor('Trae CN')],
  projectFiles: ['.trae/mcp.json'],
  format: 'json',
  section: ['mcpServers'],
  stdio: STDIO,
  http: HTTP,
  kept: [],
  desktop: true,
  readOnly: 'recent releases keep the servers of a user inside the app',
  reload: 'Restart Trae.',
  quirks: ['Recent releases keep the servers of a user inside the app.'],
};
