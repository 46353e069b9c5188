import { HTTP, STDIO } from '../common-forms.ts';
import type { Dialect } from '../dialect.ts';

/** Zed: its servers stand in the editor's own settings. */
export const zed: Dialect = {
  client: 'zed',
  title: 'Zed',
  files: [
    {
      paths: { mac: ['XDG/zed/settings.json'], linux: ['XDG/zed/settings.json'], windows: ['RO/Zed/settings.json'] },
    },
  ],
  projectFiles: ['.zed/settings.json'],
  format: 'jsonc',
  section: ['context_servers'],
  stdio: STDIO,
  http: HTTP,
  off: { member: 'enabled', when: false },
  kept: ['enabled', 'source', 'timeout', 'oauth', 'settings'],
  rewrites: true,
  desktop: true,
  reload: 'Zed reads the file when it is saved; an error shows in its agent panel only.',
  quirks: [
    'References to variables are sent as text.',
    'An older form, command {path, args, env}, is read and kept; source: custom is kept where it stands.',
  ],
};
