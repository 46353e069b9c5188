import { z } from 'zod';
import { StoreError } from '../../core/errors.ts';
import { nearest } from '../../core/nearest.ts';
import { thousands } from '../../core/thousands.ts';
import { typeName } from './type-name.ts';

/**
 * Checks the arguments of a tool.
 *
 * @throws StoreError `ARGUMENT_INVALID` naming the first argument that does not fit, and for an unknown one the nearest
 * that exists; the value itself is never repeated, it may be a secret.
 */
export function parseArguments<Input extends z.ZodObject>(tool: string, input: Input, args: unknown): z.output<Input> {
  const parsed = input.safeParse(args ?? {});
  if (parsed.success) return parsed.data;
  const known = Object.keys(input.shape);
  const issue = parsed.error.issues[0];
  if (issue === undefined || (issue.path.length === 0 && issue.code !== 'unrecognized_keys')) {
    throw invalid(`the arguments of ${tool} are ${typeName(args)}, not an object`, takes(tool, known));
  }
  if (issue.code === 'unrecognized_keys') {
    const where = issue.path.length === 0 ? tool : `${shown(issue.path)} of ${tool}`;
    const unknown = String(issue.keys[0]).slice(0, 80);
    const near = issue.path.length === 0 ? nearest(unknown, known) : undefined;
    throw invalid(
      `${where} has no argument ${JSON.stringify(unknown)}`,
      near === undefined ? takes(tool, known) : `Did you mean "${near}"?`,
      unknown,
    );
  }
  const argument = shown(issue.path);
  const schema = input.shape[String(issue.path[0])];
  const hint = [descriptionOf(schema) ?? takes(tool, known), mostOf(schema)].filter((part) => part !== '').join(' ');
  throw invalid(`argument "${argument}" of ${tool} ${reason(issue, valueAt(args, issue.path))}`, hint, argument);
}

function descriptionOf(schema: z.core.$ZodType | undefined): string | undefined {
  const described =
    schema instanceof z.ZodOptional
      ? (schema.meta() ?? (schema.unwrap() as z.ZodType).meta())
      : (schema as z.ZodType | undefined)?.meta();
  return typeof described?.description === 'string' ? described.description : undefined;
}

/** The schema says it to programs; a refusal says it to readers too. */
function mostOf(schema: z.core.$ZodType | undefined): string {
  const inner = schema instanceof z.ZodOptional ? schema.unwrap() : schema;
  const most = inner instanceof z.ZodNumber ? inner.maxValue : undefined;
  return typeof most === 'number' && most < Number.MAX_SAFE_INTEGER ? `At most ${thousands(most)}.` : '';
}

function valueAt(args: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) => (value as Readonly<Record<PropertyKey, unknown>> | undefined)?.[part],
    args,
  );
}

/** Returns the fault, to follow the argument's name; a schema's own message is taken as it is. */
function reason(issue: z.core.$ZodIssue, value: unknown): string {
  if (value === undefined) return 'is missing';
  switch (issue.code) {
    case 'invalid_type':
      return issue.message.startsWith('Invalid input')
        ? `must be ${TYPES[issue.expected] ?? issue.expected}, not ${typeName(value)}`
        : issue.message;
    case 'too_small':
      return `must be at least ${issue.minimum}${issue.origin === 'string' ? ' characters long' : ''}`;
    case 'too_big':
      return `must be at most ${issue.maximum}${issue.origin === 'string' ? ' characters long' : ''}`;
    case 'invalid_value':
      return `must be one of ${issue.values.join(', ')}${typeof value === 'string' ? '' : `, not ${typeName(value)}`}`;
    default:
      return issue.message;
  }
}

/** Zod's names of types, in a sentence. */
const TYPES: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'an object',
  string: 'a string',
};

function shown(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`))
    .join('');
}

function takes(tool: string, known: readonly string[]): string {
  return known.length === 0 ? `${tool} takes no arguments.` : `${tool} takes ${known.join(', ')}.`;
}

function invalid(message: string, hint: string, argument?: string): StoreError {
  return new StoreError('ARGUMENT_INVALID', message, {
    hint,
    ...(argument !== undefined && { details: { argument } }),
  });
}
