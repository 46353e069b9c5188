import {
  completable,
  type McpServer,
  ResourceTemplate,
  type StandardSchemaWithJSON,
} from '@modelcontextprotocol/server';
import { z } from 'zod';

/** One pixel, PNG. */
const IMAGE = {
  type: 'image' as const,
  mimeType: 'image/png',
  data: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
};
/** A WAV file of no length. */
const AUDIO = {
  type: 'audio' as const,
  mimeType: 'audio/wav',
  data: 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA=',
};
const nothing = z.object({});

function text(value: string) {
  return { type: 'text' as const, text: value };
}

function embedded(uri: string, value: string) {
  return { type: 'resource' as const, resource: { uri, mimeType: 'text/plain', text: value } };
}

/** Tools that return each kind of content, report progress, log, and fail. */
export function addContentTools(server: McpServer): void {
  const contents = {
    test_simple_text: [text('This is a simple text response for testing.')],
    test_image_content: [IMAGE],
    test_audio_content: [AUDIO],
    test_embedded_resource: [embedded('test://embedded-resource', 'This is an embedded resource content.')],
    test_multiple_content_types: [
      text('Multiple content types test:'),
      IMAGE,
      embedded('test://mixed-content-resource', 'one of several'),
    ],
  };
  for (const [name, content] of Object.entries(contents))
    server.registerTool(name, { description: 'Returns fixed content.', inputSchema: nothing }, () => ({ content }));

  server.registerTool('test_error_handling', { description: 'Always fails.', inputSchema: nothing }, () => {
    throw new Error('This tool intentionally returns an error for testing');
  });

  for (const name of ['test_tool_with_logging', 'test_logging_tool'])
    server.registerTool(name, { description: 'Logs while it runs.', inputSchema: nothing }, async (_args, ctx) => {
      for (const step of ['Tool execution started', 'Tool processing data', 'Tool execution completed'])
        await ctx.mcpReq.log('info', step);
      return { content: [text('logged')] };
    });

  server.registerTool(
    'test_tool_with_progress',
    { description: 'Reports progress while it runs.', inputSchema: nothing },
    async (_args, ctx) => {
      const progressToken = ctx.mcpReq._meta?.progressToken;
      if (progressToken !== undefined)
        for (const progress of [0, 50, 100])
          await ctx.mcpReq.notify({
            method: 'notifications/progress',
            params: { progressToken, progress, total: 100 },
          });
      return { content: [text('done')] };
    },
  );

  server.registerTool(
    'json_schema_2020_12_tool',
    { description: 'Has a schema with keywords of JSON Schema 2020-12.', inputSchema: asWritten(SCHEMA_2020_12) },
    () => ({ content: [text('done')] }),
  );
}

/** The keywords the suite looks for (SEP-1613, SEP-2106). */
const SCHEMA_2020_12 = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  $defs: {
    address: {
      $anchor: 'addressDef',
      type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' } },
    },
  },
  properties: {
    name: { type: 'string' },
    address: { $ref: '#/$defs/address' },
    contactMethod: { type: 'string', enum: ['phone', 'email'] },
    phone: { type: 'string' },
    email: { type: 'string' },
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
  then: { required: ['phone'] },
  else: { required: ['email'] },
  additionalProperties: false,
};

function asWritten(schema: Record<string, unknown>): StandardSchemaWithJSON<unknown, unknown> {
  const convert = () => schema;
  return {
    '~standard': {
      version: 1,
      vendor: 'conformance',
      validate: (value: unknown) => ({ value }),
      jsonSchema: { input: convert, output: convert },
    },
  };
}

/** The resources, and subscriptions to one that is not ours. */
export function addResources(server: McpServer): void {
  const fixed = {
    'test://static-text': { mimeType: 'text/plain', text: 'This is the content of the static text resource.' },
    'test://static-binary': { mimeType: 'image/png', blob: IMAGE.data },
    'test://watched-resource': { mimeType: 'text/plain', text: 'Watched resource content' },
  };
  for (const [uri, content] of Object.entries(fixed))
    server.registerResource(uri.slice('test://'.length), uri, { mimeType: content.mimeType }, () => ({
      contents: [{ uri, ...content }],
    }));
  server.registerResource(
    'test-template',
    new ResourceTemplate('test://template/{id}/data', { list: undefined }),
    { mimeType: 'application/json' },
    (uri, { id }) => ({
      contents: [{ uri: uri.href, mimeType: 'application/json', text: JSON.stringify({ id, templateTest: true }) }],
    }),
  );
  for (const method of ['resources/subscribe', 'resources/unsubscribe'] as const)
    server.server.setRequestHandler(method, () => ({}));
}

/** The prompts that need nothing from the client. */
export function addPrompts(server: McpServer): void {
  const user = <Content>(content: Content) => ({ role: 'user' as const, content });
  const argument = () => completable(z.string(), () => []);
  server.registerPrompt('test_simple_prompt', { description: 'Fixed text.' }, () => ({
    messages: [user(text('This is a simple prompt for testing.'))],
  }));
  server.registerPrompt('test_prompt_with_image', { description: 'A fixed image.' }, () => ({
    messages: [user(IMAGE)],
  }));
  server.registerPrompt(
    'test_prompt_with_arguments',
    { description: 'Text with both arguments.', argsSchema: z.object({ arg1: argument(), arg2: argument() }) },
    ({ arg1, arg2 }) => ({ messages: [user(text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`))] }),
  );
  server.registerPrompt(
    'test_prompt_with_embedded_resource',
    { description: 'Embeds a resource.', argsSchema: z.object({ resourceUri: z.string() }) },
    ({ resourceUri }) => ({ messages: [user(embedded(resourceUri, 'Embedded resource content for testing.'))] }),
  );
}
