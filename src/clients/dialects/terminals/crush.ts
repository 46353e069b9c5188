import { EVERYWHERE, TYPED_HTTP, TYPED_SSE, TYPED_STDIO } from '../common-forms.ts';
import type { Dialect } from '../dialect.ts';

/** Crush: values are expanded by a shell. */
export const crush: Dialect = {
  client: 'crush',
  title: 'Crush',
  files: [
    {
      paths: {
        mac: ['$CRUSH_GLOBAL_CONFIG/crush.json', 'XDG/crush/crush.json'],
        linux: ['$CRUSH_GLOBAL_CONFIG/crush.json', 'XDG/crush/crush.json'],
        windows: ['$CRUSH_GLOBAL_CONFIG/crush.json', 'LO/crush/crush.json'],
      },
    },
  ],
  projectFiles: ['.crush.json', 'crush.json'],
  format: 'json',
  section: ['mcp'],
  stdio: TYPED_STDIO,
  http: TYPED_HTTP,
  sse: TYPED_SSE,
  variables: { written: '$NAME', where: EVERYWHERE, shell: true },
  off: { member: 'disabled', when: true },
  kept: ['disabled', 'disabled_tools', 'enabled_tools', 'timeout', 'oauth'],
  reload: 'Restart Crush.',
  quirks: ['A shell expands all values, commands in $(…) among them: a server with any other $ is refused.'],
};
