import { openAccess } from '../../src/app/access-tokens.ts';
import { createApp } from '../../src/app/app.ts';
import { version } from '../../src/app/version.ts';
import { guide } from '../../src/cli/output/advice.ts';
import { startHttp } from '../../src/mcp/http/serve-http.ts';
import { untilSignal } from '../../src/mcp/network-server.ts';
import { addContentTools, addPrompts, addResources } from './content-fixtures.ts';
import { addInputFixtures } from './input-fixtures.ts';

// The server as `config-store serve --http` makes it, with what the conformance suite asks for on top.
const app = createApp({ flags: { var: process.argv[2] ?? '' }, via: 'mcp' });
const none = { tokensFile: undefined, serviceToken: undefined, serviceTokenFile: undefined };
const onFault = (error: Error) => process.stderr.write(`${error.name}\n`);
const server = await startHttp({
  listen: { host: '127.0.0.1', port: 0 },
  access: openAccess(none, app.settings().paths.state, onFault),
  context: app.context,
  guide,
  allowedHosts: [],
  allowedOrigins: [],
  drainMs: 1_000,
  readOnly: false,
  version,
  onFault,
  extend: (instance) => {
    instance.server.registerCapabilities({ logging: {} });
    addContentTools(instance);
    addResources(instance);
    addPrompts(instance);
    addInputFixtures(instance);
  },
});
process.stdout.write(`${server.url}\n`);
await untilSignal(undefined, () => process.exit(1));
await server.end();
await app.close();
server.close();
process.exit(0);
