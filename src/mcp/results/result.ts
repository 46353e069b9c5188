import type { CallToolResult } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { StoreError } from '../../core/errors.ts';
import { jsonSize } from '../../core/json/json-size.ts';
import { thousands } from '../../core/thousands.ts';
import { spellLine } from '../../core/visible.ts';
import { commandLine, guide } from '../advice.ts';
import type { Tool } from '../tool/tool.ts';
import type { Rendered } from './rendering.ts';

/** The largest result as JSON, in bytes: below a message's limit, with room for its envelope. */
const MAX_RESULT_BYTES = 4_128_768;

/** Members every result may have. */
const common = z.object({
  summary: z.string().describe('What happened, in one line.'),
  next: z.string().optional().describe('The next step, where there is one.'),
});

/**
 * Returns the output schema a tool advertises. Only `summary` is required, and further members are allowed: an error
 * carries `code`, `message`, `hint` and `details` in place of a result, and clients of the 2025 era hold errors to the
 * schema too.
 */
export function advertisedOutput(tool: Tool): z.ZodObject {
  return z.object({ ...common.shape, ...tool.output.partial().shape });
}

/** A result and its size as JSON, in bytes: measured once, for the limit and for the observer. */
export interface SizedResult {
  readonly result: CallToolResult;
  readonly bytes: number;
}

/**
 * Returns a rendered result as an MCP result.
 *
 * @throws StoreError `CONTENT_TOO_LARGE` when it would be longer than a message may be
 */
export function toResult({ text, structured }: Rendered): SizedResult {
  const result: CallToolResult = { content: [{ type: 'text', text }], structuredContent: { ...structured } };
  const bytes = jsonSize(result);
  if (bytes > MAX_RESULT_BYTES) {
    throw new StoreError('CONTENT_TOO_LARGE', `the result is over ${thousands(MAX_RESULT_BYTES)} bytes`, {
      hint: `Ask for less: a smaller max_chars or limit, or one config at a time; ${commandLine('get')} returns content of any size.`,
    });
  }
  return { result, bytes };
}

/** Returns a failure as an MCP result: code, message and hint, in text and as structured content. */
export function toErrorResult(error: StoreError): SizedResult {
  const { code, details } = error;
  const message = spellLine(error.message);
  const hint = spellLine(guide(error));
  const result: CallToolResult = {
    isError: true,
    content: [{ type: 'text', text: `${code}: ${message}\n${hint}` }],
    structuredContent: {
      summary: message,
      code,
      message,
      hint,
      ...(details !== undefined && { details: { ...details } }),
    },
  };
  return { result, bytes: jsonSize(result) };
}
