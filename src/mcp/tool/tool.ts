import type { z } from 'zod';
import type { Context } from '../../verbs/shared/context.ts';
import { type Rendered, type Rendering, render, type VerbResult } from '../results/rendering.ts';
import { parseArguments } from './arguments.ts';

/** The surroundings of a running tool. */
export interface ToolCall {
  readonly context: Context;
  /** Aborted when the client cancels the call or the connection ends. */
  readonly signal: AbortSignal;
  /** Sends a progress notification, when the client asked for them. */
  readonly progress: (done: number, total: number, message: string) => void;
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

/** The description every tool gives of itself. */
interface Described<Name extends string, Input extends z.ZodObject> {
  readonly name: Name;
  readonly title: string;
  /** Its purpose, when to use it, when not, and what it changes. */
  readonly description: string;
  readonly behaviour: ToolBehaviour;
  /** Works on other programs' files where the server runs: not for a caller over the network, who sits elsewhere. */
  readonly onThisMachine?: true;
  readonly input: Input;
  /** Optional arguments for which empty text is a value; for the others it counts as left out. */
  readonly keepEmpty?: ReadonlyArray<keyof z.output<Input> & string>;
  /** The structured result of a call that worked, without `summary` and `next`, which every result has. */
  readonly output: z.ZodObject;
}

/** One MCP tool: its name, what it says of itself, its arguments and result, and the verb behind it. */
export interface Tool<Name extends string = string, Input extends z.ZodObject = z.ZodObject>
  extends Described<Name, Input> {
  /**
   * @param args as `readAsMeant` returns them
   * @throws StoreError `ARGUMENT_INVALID` for arguments that do not match `input`, and whatever the verb throws
   */
  readonly run: (args: unknown, call: ToolCall) => Promise<Rendered>;
}

/**
 * Checks the arguments before the verb runs, so that `run` gets exactly what `input` describes, and renders its result. The
 * schemas are made when they are first asked for: a call needs those of one tool, and making all of them takes longer than
 * an answer.
 */
export function defineTool<const Name extends string, Input extends z.ZodObject, Result extends VerbResult>(
  definition: Omit<Described<Name, Input>, 'input' | 'output'> & {
    readonly input: () => Input;
    readonly output: () => z.ZodObject;
    readonly rendering: Rendering<Result>;
    readonly run: (args: z.output<Input>, call: ToolCall) => Promise<Result>;
  },
): Tool<Name, Input> {
  const { run, rendering, ...described } = definition;
  const [input, output] = [once(definition.input), once(definition.output)];
  const tool: Tool<Name, Input> = {
    ...described,
    get input() {
      return input();
    },
    get output() {
      return output();
    },
    run: async (args, call) => render(await run(parseArguments(tool.name, tool.input, args), call), rendering),
  };
  return tool;
}

function once<Schema extends z.ZodObject>(make: () => Schema): () => Schema {
  let made: Schema | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
