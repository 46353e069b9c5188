import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { createApp } from '../../src/app/app.ts';
import { version } from '../../src/app/version.ts';
import { ChangeWatcher } from '../../src/mcp/change-watcher.ts';
import { createServer } from '../../src/mcp/server.ts';
import { LineTransport } from '../../src/mcp/stdio/transport.ts';
import { addContentTools, addPrompts, addResources } from './content-fixtures.ts';
import { addInputFixtures } from './input-fixtures.ts';

// The server as `config-store serve` makes it, on the same transport, with what the conformance suite asks for on top.
const app = createApp({ flags: { var: process.argv[2] ?? '' }, via: 'mcp' });
const { promise: ended, resolve: end } = Promise.withResolvers<void>();
const transport = new LineTransport({ stdin: process.stdin, stdout: process.stdout, onEnd: () => end() });
const watcher = new ChangeWatcher(app.context(() => ({ name: 'watcher', version })).store, () => undefined);
const handle = serveStdio(
  ({ era }) => {
    const { server } = createServer({
      context: app.context,
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
await app.close();
process.exit(0);
