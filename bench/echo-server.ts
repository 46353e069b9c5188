import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { z } from 'zod';

/** The peer: the least server the same SDK can make, one tool that gives back what it gets. */
serveStdio(() => {
  const server = new McpServer({ name: 'echo', version: '0.0.0' });
  const inputSchema = z.strictObject({ content: z.string() });
  server.registerTool('echo', { description: 'Gives back what it gets.', inputSchema }, ({ content }) => ({
    content: [{ type: 'text', text: content }],
  }));
  return server;
});
