import {
  acceptedContent,
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  createRequestStateCodec,
  type InputRequest,
  inputRequired,
  inputResponse,
  type McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { z } from 'zod';

type ElicitationSchema = Parameters<typeof inputRequired.elicit>[0]['requestedSchema'];
type Requests = Record<string, InputRequest>;

const codec = createRequestStateCodec<{ round: number }>({ key: 'a key of this test alone, 32 bytes or more' });

function text(value: string) {
  return { content: [{ type: 'text' as const, text: value }] };
}

function elicit(message: string, properties: Record<string, unknown>, required = Object.keys(properties)) {
  const requestedSchema = { type: 'object', properties, required } as ElicitationSchema;
  return inputRequired.elicit({ message, requestedSchema });
}

function sample(prompt: string) {
  return inputRequired.createMessage({
    messages: [{ role: 'user', content: { type: 'text', text: prompt } }],
    maxTokens: 100,
  });
}

/** What the client answered to `key`, whatever kind of request it was. */
function answered(ctx: ServerContext, key: string): boolean {
  return inputResponse(ctx.mcpReq.inputResponses, key).kind !== 'missing';
}

/**
 * Tools and a prompt that ask the client for something, in the way of 2026 (SEP-2322); to 2025-era clients the SDK sends the
 * requests of their era. Our own tools ask for nothing, so the factory sets no check of request state: it is put in here.
 */
export function addInputFixtures(server: McpServer): void {
  Reflect.set(server.server, '_requestStateVerify', codec.verify);

  /** Asks for all of `requests`, and again for those without an answer. */
  const asking = (name: string, requests: (args: Record<string, string>) => Requests, options: AskOptions = {}) =>
    server.registerTool(
      name,
      { description: 'Asks the client for something.', inputSchema: z.object(options.input ?? {}) },
      async (args: Record<string, string>, ctx: ServerContext) => {
        const open = Object.entries(requests(args)).filter(([key]) => !answered(ctx, key));
        if (open.length === 0) return text(options.done?.(ctx) ?? JSON.stringify(ctx.mcpReq.inputResponses));
        return inputRequired({
          inputRequests: Object.fromEntries(open),
          ...(options.state === true && { requestState: await codec.mint({ round: 1 }) }),
        });
      },
    );

  const name = { name: { type: 'string' } };
  asking('test_sampling', ({ prompt }) => ({ answer: sample(prompt ?? '') }), { input: { prompt: z.string() } });
  asking('test_elicitation', ({ message }) => ({ answer: elicit(message ?? '', { response: { type: 'string' } }) }), {
    input: { message: z.string() },
  });
  asking('test_elicitation_sep1034_defaults', () => ({ answer: elicit('Review the fields', DEFAULTS, []) }));
  asking('test_elicitation_sep1330_enums', () => ({ answer: elicit('Select', ENUMS, []) }));
  asking('test_streaming_elicitation', () => ({ answer: elicit('What is your name?', name) }));
  asking('test_missing_capability', () => ({ answer: sample('Needs the sampling capability') }));
  asking('test_input_required_result_sampling', () => ({
    capital_question: sample('What is the capital of France?'),
  }));
  asking('test_input_required_result_list_roots', () => ({ client_roots: inputRequired.listRoots() }));
  asking(
    'test_input_required_result_multiple_inputs',
    () => ({
      user_name: elicit('What is your name?', name),
      greeting: sample('Generate a greeting'),
      client_roots: inputRequired.listRoots(),
    }),
    { state: true },
  );
  const confirm = () => ({ confirm: elicit('Please confirm', { ok: { type: 'boolean' } }) });
  const stateOk = (ctx: ServerContext) => (ctx.mcpReq.requestState<{ round: number }>()?.round === 1 ? 'state-ok' : '');
  asking('test_input_required_result_request_state', confirm, { state: true, done: stateOk });
  asking('test_input_required_result_tampered_state', confirm, { state: true, done: stateOk });

  server.registerTool(
    'test_input_required_result_elicitation',
    { description: 'Asks for a name, until it is one.', inputSchema: z.object({}) },
    (_args, ctx) => {
      const given = acceptedContent(ctx.mcpReq.inputResponses, 'user_name', z.object({ name: z.string() }));
      if (given !== undefined) return text(`Hello, ${given.name}!`);
      return inputRequired({ inputRequests: { user_name: elicit('What is your name?', name) } });
    },
  );

  server.registerTool(
    'test_input_required_result_capabilities',
    { description: 'Asks only for what the client declared.', inputSchema: z.object({}) },
    (_args, ctx) => {
      const declared = (ctx.mcpReq.envelope as Record<string, ClientCapabilities> | undefined)?.[
        CLIENT_CAPABILITIES_META_KEY
      ];
      const inputRequests: Requests = {
        ...(declared?.sampling !== undefined && { greeting: sample('Generate a greeting') }),
        ...(declared?.elicitation !== undefined && { user_name: elicit('What is your name?', name) }),
      };
      return Object.keys(inputRequests).length === 0 ? text('nothing to ask for') : inputRequired({ inputRequests });
    },
  );

  server.registerTool(
    'test_input_required_result_multi_round',
    { description: 'Asks twice, the second time for something else.', inputSchema: z.object({}) },
    async (_args, ctx) => {
      const round = ctx.mcpReq.requestState<{ round: number }>()?.round ?? 0;
      if (round === 2 && answered(ctx, 'step2')) return text('both answered');
      if (round === 1 && answered(ctx, 'step1'))
        return inputRequired({
          inputRequests: { step2: elicit('Step 2: What is your favorite color?', { color: { type: 'string' } }) },
          requestState: await codec.mint({ round: 2 }),
        });
      return inputRequired({
        inputRequests: { step1: elicit('Step 1: What is your name?', name) },
        requestState: await codec.mint({ round: 1 }),
      });
    },
  );

  server.registerPrompt(
    'test_input_required_result_prompt',
    { description: 'Asks for a context.' },
    (ctx: ServerContext) => {
      if (answered(ctx, 'user_context'))
        return { messages: [{ role: 'user' as const, content: { type: 'text' as const, text: 'answered' } }] };
      return inputRequired({
        inputRequests: { user_context: elicit('What context should the prompt use?', { context: { type: 'string' } }) },
      });
    },
  );
}

interface AskOptions {
  readonly input?: Record<string, z.ZodString>;
  /** Sends signed state along. */
  readonly state?: boolean;
  readonly done?: (ctx: ServerContext) => string;
}

/** A default for each primitive type (SEP-1034). */
const DEFAULTS = {
  name: { type: 'string', default: 'John Doe' },
  age: { type: 'integer', default: 30 },
  score: { type: 'number', default: 95.5 },
  status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
  verified: { type: 'boolean', default: true },
};

const OPTIONS = ['option1', 'option2', 'option3'];
const titled = (what: string) =>
  ['First', 'Second', 'Third'].map((ordinal, index) => ({ const: `value${index + 1}`, title: `${ordinal} ${what}` }));
/** Each way to offer a choice (SEP-1330). */
const ENUMS = {
  untitledSingle: { type: 'string', enum: OPTIONS },
  titledSingle: { type: 'string', oneOf: titled('Option') },
  legacyEnum: {
    type: 'string',
    enum: ['opt1', 'opt2', 'opt3'],
    enumNames: ['Option One', 'Option Two', 'Option Three'],
  },
  untitledMulti: { type: 'array', items: { type: 'string', enum: OPTIONS } },
  titledMulti: { type: 'array', items: { anyOf: titled('Choice') } },
};
