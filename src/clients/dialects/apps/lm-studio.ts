import { HTTP, STDIO } from '../common-forms.ts';
import type { Dialect } from '../dialect.ts';

/** LM Studio. */
export const lmStudio: Dialect = {
  client: 'lm-studio',
  title: 'LM Studio',
  files: [{ paths: ['~/.lmstudio/mcp.json', '~/.cache/lm-studio/mcp.json'], prefers: 'newest' }],
  projectFiles: [],
  format: 'json',
  section: ['mcpServers'],
  stdio: STDIO,
  http: HTTP,
  kept: ['timeout'],
  desktop: true,
  reload: 'LM Studio reads the file when it is saved.',
  quirks: ['Many installations still use ~/.cache/lm-studio; the file that exists is the one it reads.'],
};
