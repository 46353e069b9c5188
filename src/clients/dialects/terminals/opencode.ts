import { EVERYWHERE } from '../common-forms.ts';
import type { Dialect } from '../dialect.ts';

/** OpenCode, in the form of either major version. */
export const opencode: Dialect = {
  client: 'opencode',
  title: 'OpenCode',
  files: [
    {
      paths: [
        '$OPENCODE_CONFIG',
        '$OPENCODE_CONFIG_DIR/opencode.jsonc',
        'XDG/opencode/opencode.jsonc',
        'XDG/opencode/opencode.json',
      ],
    },
  ],
  projectFiles: ['opencode.json', 'opencode.jsonc', '.opencode/opencode.json', '.opencode/opencode.jsonc'],
  format: 'jsonc',
  section: ['mcp'],
  otherForm: { section: ['mcp', 'servers'], title: 'OpenCode 2.x' },
  stdio: { type: { writes: 'local', reads: ['local'] }, command: 'list', env: 'environment' },
  http: { type: { writes: 'remote', reads: ['remote'] }, url: ['url'], headers: ['headers'] },
  variables: { written: '{env:NAME}', where: EVERYWHERE },
  off: { member: 'enabled', when: false },
  kept: ['enabled', 'disabled', 'timeout', 'oauth', 'codemode', 'protocol'],
  reload: 'Restart OpenCode.',
  quirks: [
    'A member that it does not know makes it refuse the entry.',
    'The form of the other major version is ignored without a word: the form in the file is followed.',
    'References in the headers of remote servers have been reported to be sent as text.',
  ],
};
