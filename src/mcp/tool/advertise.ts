import type { StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import { z } from 'zod';

/**
 * Returns a schema that the SDK lists but does not enforce: the tools check their arguments themselves, because the
 * SDK's refusal would be text without code and hint. Of a result only the outline is listed.
 *
 * @param schemaOf makes the schema, when the tools are listed
 */
export function advertise(
  schemaOf: () => z.ZodObject,
  io: 'input' | 'output',
): StandardSchemaWithJSON<unknown, unknown> {
  let json: JsonSchema | undefined;
  const convert = () => (json ??= io === 'input' ? fullSchema(schemaOf(), io) : outline(fullSchema(schemaOf(), io)));
  return {
    '~standard': {
      version: 1,
      vendor: 'mcp-config-store',
      validate: (value: unknown) => ({ value }),
      jsonSchema: { input: convert, output: convert },
    },
  };
}

type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * Returns the JSON Schema of arguments or a result, with all that is said of each member. `$schema` is left out: some
 * clients refuse a dialect they do not know by name.
 */
export function fullSchema(schema: z.ZodObject, io: 'input' | 'output'): JsonSchema {
  const options = { io, target: 'draft-2020-12', unrepresentable: 'any', override: spellPlainly } as const;
  const { $schema, ...json } = z.toJSONSchema(schema, options);
  return json;
}

/**
 * Returns the members of a result by name and type, without what is in them. A host sends the list of tools to the model
 * with every conversation, and a result says what it holds by itself; `docs/tools.md` has the rest.
 */
function outline(schema: JsonSchema): JsonSchema {
  const properties = Object.entries(schema['properties'] as Readonly<Record<string, JsonSchema>>);
  return {
    type: 'object',
    properties: Object.fromEntries(properties.map(([name, member]) => [name, typeOf(member)])),
    required: schema['required'],
  };
}

function typeOf({ type, enum: values, items }: JsonSchema): JsonSchema {
  return {
    type,
    ...(values !== undefined && { enum: values }),
    ...(items !== undefined && { items: typeOf(items as JsonSchema) }),
  };
}

/**
 * Shortens a schema. Every integer of JSON is within the safe range; saying so at each field would be most of the
 * schema. How long a text or a list may be is left to the check of the arguments, which says it when it matters. Any further member is `true` in the schema, not the empty object that some clients take for a mistake.
 */
function spellPlainly({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  delete jsonSchema.maxLength;
  delete jsonSchema.maxItems;
  const more = jsonSchema.additionalProperties;
  if (typeof more === 'object' && Object.keys(more).length === 0) jsonSchema.additionalProperties = true;
}
