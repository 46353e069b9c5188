import {
  CLIENT_INFO_META_KEY,
  McpServer,
  type ServerContext,
  TRACEPARENT_META_KEY,
} from '@modelcontextprotocol/server';
import { isStoreError, type StoreError, toStoreError } from '../core/errors.ts';
import { jsonSize } from '../core/json/json-size.ts';
import { isConfigName } from '../core/name.ts';
import { noteRequest } from '../core/quiet-moment.ts';
import type { RequestFacts } from '../telemetry/events/events.ts';
import type { Context } from '../verbs/shared/context.ts';
import { nameApp, registerApps } from './apps/apps.ts';
import type { Changes, ChangeWatcher } from './change-watcher.ts';
import { ClientIdentity } from './client-identity.ts';
import { instructions } from './instructions.ts';
import type { ClientInfo, ServeObserver } from './observer.ts';
import { registerPrompts } from './prompts.ts';
import { createCompletion } from './resources/completion.ts';
import { registerResourceLists } from './resources/resource-lists.ts';
import { registerResources } from './resources/resources.ts';
import { advertisedOutput, toErrorResult, toResult } from './results/result.ts';
import { advertise } from './tool/advertise.ts';
import { readAsMeant } from './tool/as-meant.ts';
import type { Tool, ToolCall } from './tool/tool.ts';
import { TOOLS } from './tools/index.ts';

/** The parts of one server instance; a connection may have two, one for a probe and one that stays. */
export interface ServerOptions {
  /** The context of the verbs; `client` says who asks, as of the newest request. */
  readonly context: (client: () => ClientInfo) => Context;
  readonly observer: ServeObserver;
  /** Called for unexpected faults. */
  readonly onFault: (error: StoreError) => void;
  readonly watcher: ChangeWatcher;
  readonly readOnly: boolean;
  readonly version: string;
  readonly era: 'legacy' | 'modern';
  /** False where this instance cannot report changes to the client: one request of the 2025 era over HTTP. */
  readonly push?: boolean | undefined;
  /** The name of the only tool that will be called: nothing else is registered, for a server that lives for one call. */
  readonly onlyTool?: string | undefined;
  /** The capabilities that the newest request for the tools declares, where the SDK does not tell: the 2026 era on lines. */
  readonly declared?: (() => unknown) | undefined;
  /** Who asks, where that is known, and by which way; for the observer. */
  readonly origin?: Pick<RequestFacts, 'principal' | 'transport'> | undefined;
}

/** A server instance, and the way to tell its client of changes. */
export interface ConfigServer {
  readonly server: McpServer;
  readonly tell: (changes: Changes) => void;
}

/** Builds the MCP server: tools, resources, prompts and instructions. Opens nothing; the store is opened by the first call. */
export function createServer(options: ServerOptions): ConfigServer {
  noteRequest();
  const { watcher, readOnly, era, push = true, onlyTool, origin } = options;
  const isRemote = origin?.transport === 'tcp';
  const server = new McpServer(
    { name: 'mcp-config-store', title: 'MCP Config Store', version: options.version },
    {
      capabilities: {
        tools: { listChanged: false },
        prompts: { listChanged: false },
        resources: { listChanged: push, subscribe: push },
      },
      instructions: instructions(readOnly, isRemote),
    },
  );
  const { observer } = options;
  const identity = new ClientIdentity((client) =>
    observer.connected?.({ client, protocolVersion: server.server.getNegotiatedProtocolVersion() }),
  );
  if (observer.connected !== undefined)
    server.server.oninitialized = () => void identity.meet(server.server.getClientVersion());
  const factsOf = (ctx: ServerContext, startedMs: number, failure: StoreError | undefined): RequestFacts => {
    const traceparent = ctx.mcpReq._meta?.[TRACEPARENT_META_KEY];
    return {
      client: identity.current,
      ...origin,
      protocolVersion: server.server.getNegotiatedProtocolVersion(),
      ...(typeof traceparent === 'string' && { traceparent: traceparent.slice(0, 100) }),
      durationMs: performance.now() - startedMs,
      ...(failure !== undefined && { code: failure.code, details: failure.details }),
    };
  };
  const context = options.context(() => identity.current);
  const completion = createCompletion(context);

  const offered = TOOLS.filter(
    (tool) => isOffered(tool, readOnly, isRemote) && (onlyTool === undefined || tool.name === onlyTool),
  );
  for (const tool of offered) {
    const registered = server.registerTool(tool.name, describe(tool), async (args: unknown, ctx: ServerContext) => {
      const startedMs = performance.now();
      noteRequest();
      await identity.meet(clientOf(server, ctx));
      const meant = readAsMeant(tool.input, args, tool.keepEmpty);
      const { result, bytes, failure } = await answer(tool, meant.args, {
        context,
        signal: ctx.mcpReq.signal,
        progress: progressOf(ctx),
      });
      noteRequest();
      if (failure?.code === 'INTERNAL') options.onFault(failure);
      if (!tool.behaviour.readOnly && failure === undefined) void watcher.look();
      observer.toolCalled?.({
        ...factsOf(ctx, startedMs, failure),
        tool: tool.name,
        config: configOf(args),
        argumentsFromText: meant.fromText,
        bytesIn: jsonSize(args ?? {}),
        bytesOut: bytes,
      });
      return result;
    });
    // The SDK asks for no more of it at a call, and would make all of it then.
    registered.outputSchemaJson = { type: 'object' };
    nameApp(tool.name, registered, server, options.declared);
  }
  if (onlyTool !== undefined) return { server, tell: () => undefined };
  registerApps(server);
  registerResources(server, {
    context,
    completion,
    onRead: (uri, ctx, startedMs, outcome) => {
      const failure = isStoreError(outcome) ? outcome : undefined;
      if (failure?.code === 'INTERNAL') options.onFault(failure);
      const facts = {
        uri,
        bytesOut: failure === undefined ? jsonSize(outcome) : 0,
        ...factsOf(ctx, startedMs, failure),
      };
      void identity.meet(clientOf(server, ctx)).then((client) => observer.resourceRead?.({ ...facts, client }));
    },
  });
  registerPrompts(server, completion);
  return { server, tell: registerResourceLists(server, { context, watcher, era, push }) };
}

function isOffered({ behaviour, onThisMachine }: Tool, readOnly: boolean, isRemote: boolean): boolean {
  return !(readOnly && !behaviour.readOnly) && !(isRemote && onThisMachine === true);
}

const DESCRIPTIONS = new Map<Tool, ReturnType<typeof describeTool>>();

/** Returns the description of a tool, made once: over HTTP every request has a server of its own. */
function describe(tool: Tool): ReturnType<typeof describeTool> {
  const known = DESCRIPTIONS.get(tool) ?? describeTool(tool);
  DESCRIPTIONS.set(tool, known);
  return known;
}

function describeTool(tool: Tool) {
  const { title, description, behaviour } = tool;
  return {
    title,
    description,
    inputSchema: advertise(() => tool.input, 'input'),
    outputSchema: advertise(() => advertisedOutput(tool), 'output'),
    annotations: {
      title,
      readOnlyHint: behaviour.readOnly,
      destructiveHint: behaviour.destructive,
      idempotentHint: behaviour.idempotent,
      openWorldHint: false,
    },
  };
}

async function answer(tool: Tool, args: unknown, call: ToolCall) {
  try {
    return { ...toResult(await tool.run(args, call)), failure: undefined };
  } catch (error) {
    const failure = toStoreError(error);
    return { ...toErrorResult(failure), failure };
  }
}

function ignore(): void {
  // The client did not ask for progress.
}

/** Progress notifications, at most ten a second; nothing when the client gave no token. */
function progressOf(ctx: ServerContext): ToolCall['progress'] {
  const progressToken = ctx.mcpReq._meta?.progressToken;
  if (progressToken === undefined) return ignore;
  let lastMs = Number.NEGATIVE_INFINITY;
  let lastDone = -1;
  return (progress, total, message) => {
    const nowMs = performance.now();
    // The protocol asks for values that grow.
    if (progress <= lastDone || (nowMs - lastMs < 100 && progress < total)) return;
    lastMs = nowMs;
    lastDone = progress;
    void ctx.mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, total, message } });
  };
}

/** Returns who asks: in the 2026 era each request says so, in the 2025 era `initialize` did. */
function clientOf(server: McpServer, ctx: ServerContext): ClientInfo | undefined {
  const envelope = ctx.mcpReq.envelope as Readonly<Record<string, Partial<ClientInfo> | undefined>> | undefined;
  const info = envelope?.[CLIENT_INFO_META_KEY] ?? server.server.getClientVersion();
  return typeof info?.name === 'string' && typeof info.version === 'string'
    ? { name: info.name, version: info.version }
    : undefined;
}

function configOf(args: unknown): string | undefined {
  const name = typeof args === 'object' && args !== null && 'name' in args ? args.name : undefined;
  return isConfigName(name) ? name : undefined;
}
