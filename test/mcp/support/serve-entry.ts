// A server on the folder given, without the command line around it: what the tests of src/mcp start as a process.
import { join } from 'node:path';
import { checkHealth } from '../../../src/health.ts';
import { serve } from '../../../src/mcp/serve.ts';
import type { Store } from '../../../src/store/api.ts';

const [root = '', ...flags] = process.argv.slice(2);
const paths = { root, storage: join(root, 'storage'), keys: join(root, 'keys'), telemetry: join(root, 'telemetry') };
let opened: Promise<Store> | undefined;
const store = () => {
  opened ??= import('../../../src/store/open.ts')
    .then(({ openStore }) => openStore({ paths }))
    .catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
  return opened;
};

const code = await serve({
  context: (client) => ({
    store,
    author: () => ({ ...client(), via: 'mcp' }),
    maxContentBytes: 1_048_576,
    allowSecrets: false,
  }),
  health: () => checkHealth({ context: { store }, version: '0.0.0-test' }),
  onFault: (error) => process.stderr.write(`${error.stack ?? error.message}\n${String(error.cause)}\n`),
  readOnly: flags.includes('--read-only'),
  version: '0.0.0-test',
});
process.exit(code);
