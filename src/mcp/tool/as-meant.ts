import type { z } from 'zod';
import { isStoreError } from '../../core/errors.ts';
import { isObject } from '../../core/json/is-object.ts';
import { parseStrictJson } from '../../core/json/strict-json.ts';

/** Arguments as their sender meant them. */
export interface MeantArguments {
  readonly args: unknown;
  /** How many values had to be read from their JSON text. */
  readonly fromText: number;
}

/**
 * Reads the arguments as clients send them that fill in every optional one or write every value as text: null, and
 * empty text for an optional argument, count as left out; the JSON text of an object, list, number or boolean counts as that
 * where one is due, `True` and `False` for those of JSON, and one text for a list of texts. Whatever else does not fit is left as
 * it is, for the schema to refuse.
 *
 * @param keepEmpty arguments for which empty text is a value
 */
export function readAsMeant(input: z.ZodObject, args: unknown, keepEmpty: readonly string[] = []): MeantArguments {
  const counter = { fromText: 0 };
  const meant = isObject(args ?? {}) ? readMembers(input, (args ?? {}) as Members, keepEmpty, counter) : args;
  return { args: meant, ...counter };
}

type Members = Readonly<Record<string, unknown>>;
type Counter = { fromText: number };

function readMembers(object: z.ZodObject, members: Members, keepEmpty: readonly string[], counter: Counter): Members {
  const meant: [string, unknown][] = [];
  for (const [name, value] of Object.entries(members)) {
    const schema: z.core.$ZodType | undefined = Object.hasOwn(object.shape, name) ? object.shape[name] : undefined;
    const isLeftOut = value === null || (value === '' && isOptional(schema) && !keepEmpty.includes(name));
    if (schema === undefined) meant.push([name, value]);
    else if (!isLeftOut) meant.push([name, readValue(schema, value, counter)]);
  }
  return Object.fromEntries(meant);
}

function readValue(schema: z.core.$ZodType, value: unknown, counter: Counter): unknown {
  const { def } = withoutOptional(schema)._zod as { def: z.core.$ZodTypeDef };
  if (!TAKEN_FROM_TEXT.has(def.type)) return value;
  const given = typeof value === 'string' ? fromText(spelledAsJson(def.type, value), counter) : value;
  if (def.type === 'array') {
    const { element } = def as z.core.$ZodArrayDef;
    if (Array.isArray(given)) return given.map((item) => readValue(element, item, counter));
    if (typeof given === 'string' && given !== '' && element._zod.def.type === 'string') {
      counter.fromText++;
      return [given];
    }
  }
  if (def.type === 'object' && isObject(given))
    return readMembers(withoutOptional(schema) as z.ZodObject, given, [], counter);
  return given;
}

/** The kinds of schema that no text fits as it is; `custom` are JSON documents, and versions, which may be words. */
const TAKEN_FROM_TEXT: ReadonlySet<string> = new Set(['array', 'boolean', 'custom', 'number', 'object']);

/** Python prints what is true or false with a capital letter. */
function spelledAsJson(type: string, text: string): string {
  return type === 'boolean' && /^(?:true|false)$/i.test(text.trim()) ? text.toLowerCase() : text;
}

function fromText(text: string, counter: Counter): unknown {
  try {
    const value = parseStrictJson(text);
    if (typeof value === 'string' || value === null) return text;
    counter.fromText++;
    return value;
  } catch (error) {
    // Text that is not JSON, or that two readers would read differently, stays text.
    if (isStoreError(error)) return text;
    throw error;
  }
}

function isOptional(schema: z.core.$ZodType | undefined): boolean {
  return schema?._zod.def.type === 'optional';
}

function withoutOptional(schema: z.core.$ZodType): z.core.$ZodType {
  return isOptional(schema) ? (schema._zod.def as z.core.$ZodOptionalDef).innerType : schema;
}
