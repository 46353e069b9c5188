// A server over standard input and output with one tool, whose description is the variable GREETING.
import { createInterface } from 'node:readline';

const answers = {
  initialize: {
    protocolVersion: '2025-11-25',
    capabilities: { tools: {} },
    serverInfo: { name: 'tiny', version: '1.0.0' },
  },
  'tools/list': {
    tools: [{ name: 'greet', description: process.env.GREETING ?? '', inputSchema: { type: 'object' } }],
  },
};
for await (const line of createInterface({ input: process.stdin })) {
  const { id, method } = JSON.parse(line);
  if (id === undefined) continue;
  const result = answers[method];
  const answer = result === undefined ? { error: { code: -32601, message: 'no such method' } } : { result };
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...answer })}\n`);
}
