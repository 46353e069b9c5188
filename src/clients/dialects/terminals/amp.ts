import { HTTP, SHELL_REFERENCES, STDIO } from '../common-forms.ts';
import type { Dialect } from '../dialect.ts';

/** Amp: one key with a dot in it. */
export const amp: Dialect = {
  client: 'amp',
  title: 'Amp',
  files: [
    {
      paths: {
        mac: ['XDG/amp/settings.json', 'XDG/amp/settings.jsonc'],
        linux: ['XDG/amp/settings.json', 'XDG/amp/settings.jsonc'],
        windows: ['~/.config/amp/settings.json', '~/.config/amp/settings.jsonc'],
      },
    },
  ],
  projectFiles: ['.amp/settings.json'],
  format: 'jsonc',
  section: ['amp.mcpServers'],
  stdio: STDIO,
  http: HTTP,
  variables: SHELL_REFERENCES,
  kept: ['includeTools'],
  reload: 'Start a new session of Amp.',
  quirks: ['Servers of a project need an approval.'],
};
