import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';

/** The peer over HTTP: the same echo on the same SDK, behind the least of `node:http`. */
const handler = createMcpHandler(() => {
  const server = new McpServer({ name: 'echo', version: '0.0.0' });
  const inputSchema = z.strictObject({ content: z.string() });
  server.registerTool('echo', { description: 'Gives back what it gets.', inputSchema }, ({ content }) => ({
    content: [{ type: 'text', text: content }],
  }));
  return server;
});
const server = createServer(async (request, response) => {
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)] as [string, string]);
  const body = new Uint8Array(await buffer(request));
  const answer = await handler.fetch(new Request('http://localhost/mcp', { method: 'POST', headers, body }));
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  response.end(Buffer.from(await answer.arrayBuffer()));
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.stderr.write(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp\n`);
process.once('SIGTERM', () => process.exit(0));
