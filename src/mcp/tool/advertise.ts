import type { StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import { z } from 'zod';

/**
 * Returns a schema that the SDK lists but does not enforce: the tools check their arguments themselves, because the
 * SDK's refusal would be text without code and hint. `$schema` is left out: some clients refuse a dialect they do not
 * know by name.
 */
export function advertise(schema: z.ZodObject, io: 'input' | 'output'): StandardSchemaWithJSON<unknown, unknown> {
  let json: Record<string, unknown> | undefined;
  const convert = () =>
    (json ??= withoutDialect(
      z.toJSONSchema(schema, { io, target: 'draft-2020-12', unrepresentable: 'any', override: spellPlainly }),
    ));
  return {
    '~standard': {
      version: 1,
      vendor: 'mcp-config-store',
      validate: (value: unknown) => ({ value }),
      jsonSchema: { input: convert, output: convert },
    },
  };
}

function withoutDialect({ $schema, ...schema }: Record<string, unknown>): Record<string, unknown> {
  return schema;
}

/**
 * Shortens a schema. Every integer of JSON is within the safe range; saying so at each field would be most of the
 * schema. Any further member is `true` in the schema, not the empty object that some clients take for a mistake.
 */
function spellPlainly({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  const more = jsonSchema.additionalProperties;
  if (typeof more === 'object' && Object.keys(more).length === 0) jsonSchema.additionalProperties = true;
}
