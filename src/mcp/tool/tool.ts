import type { z } from 'zod';
import type { ReviewRequest, ReviewResult } from '../../telemetry/review/review-telemetry.ts';
import type { Context } from '../../verbs/shared/context.ts';
import type { HealthReport } from '../../verbs/store/check-health.ts';
import { parseArguments } from './arguments.ts';

/** What a tool may use while it runs. */
export interface ToolCall {
  readonly context: Context;
  readonly health: () => Promise<HealthReport>;
  readonly review: (request: ReviewRequest) => Promise<ReviewResult>;
  /** Aborted when the client cancels the call or the connection ends. */
  readonly signal: AbortSignal;
  /** Sends a progress notification, when the client asked for them. */
  readonly progress: (done: number, total: number, message: string) => void;
}

/** What a verb gives back: a record in camelCase with a one-line `summary` and, where there is one, the `next` step. */
export interface VerbResult {
  readonly summary: string;
  readonly next?: string | undefined;
}

/** How a tool behaves, for hosts that ask people before they let an assistant call it. */
export interface ToolBehaviour {
  /** Changes nothing at all. */
  readonly readOnly: boolean;
  /** May hide or drop something a person would miss. */
  readonly destructive: boolean;
  /** Calling it again with the same arguments changes nothing more. */
  readonly idempotent: boolean;
}

/** What every tool says of itself. */
interface Described {
  readonly name: string;
  readonly title: string;
  /** What it does, when to use it, when not, and what it changes. */
  readonly description: string;
  readonly behaviour: ToolBehaviour;
  /** The structured result of a call that worked, without `summary` and `next`, which every result has. */
  readonly output: z.ZodObject;
}

/** One MCP tool: what it is called and says of itself, what it takes, what it gives, and the verb behind it. */
export interface Tool extends Described {
  readonly input: z.ZodObject;
  /** @throws StoreError `ARGUMENT_INVALID` for arguments that do not match `input`, and whatever the verb throws */
  readonly run: (args: unknown, call: ToolCall) => Promise<VerbResult>;
}

/** Puts the check of the arguments before the verb; `run` gets exactly what `input` describes. */
export function defineTool<Input extends z.ZodObject>(
  definition: Described & {
    readonly input: Input;
    readonly run: (args: z.output<Input>, call: ToolCall) => Promise<VerbResult>;
  },
): Tool {
  const { run, ...described } = definition;
  return {
    ...described,
    run: async (args, call) => run(parseArguments(definition.name, definition.input, args), call),
  };
}
