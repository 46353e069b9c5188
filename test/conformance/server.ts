import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { overseeHealth, overseeReview } from '../../src/app/health-and-review.ts';
import { version } from '../../src/app/version.ts';
import { wire } from '../../src/app/wire.ts';
import { ChangeWatcher } from '../../src/mcp/change-watcher.ts';
import { createServer } from '../../src/mcp/server.ts';
import { LineTransport } from '../../src/mcp/stdio/transport.ts';
import { addContentTools, addPrompts, addResources } from './content-fixtures.ts';
import { addInputFixtures } from './input-fixtures.ts';

// The server as `config-store serve` makes it, on the same transport, with what the conformance suite asks for on top.
const wiring = wire({ var: process.argv[2] ?? '' }, false);
const { promise: ended, resolve: end } = Promise.withResolvers<void>();
const transport = new LineTransport({ stdin: process.stdin, stdout: process.stdout, onEnd: () => end() });
const watcher = new ChangeWatcher(wiring.store.open, () => undefined);
const handle = serveStdio(
  ({ era }) => {
    const { server } = createServer({
      context: (client) => ({
        store: wiring.store.open,
        author: () => ({ ...client(), via: 'mcp' }),
        maxContentBytes: 1_048_576,
        allowSecrets: false,
      }),
      health: () => overseeHealth(wiring, {}),
      review: (request) => overseeReview(wiring, request),
      observer: {},
      onFault: (error) => process.stderr.write(`${error.code}\n`),
      watcher,
      readOnly: false,
      version,
      era,
    });
    server.server.registerCapabilities({ logging: {} });
    addContentTools(server);
    addResources(server);
    addPrompts(server);
    addInputFixtures(server);
    return server;
  },
  { transport },
);
await ended;
await transport.drained(1_000);
await handle.close();
watcher.stop();
await wiring.store.close();
process.exit(0);
