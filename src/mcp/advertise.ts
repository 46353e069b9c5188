import type { StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import { z } from 'zod';

/**
 * A schema that the SDK lists but does not enforce: the tools check their arguments themselves, because the SDK's refusal
 * would be text without code and hint. `$schema` is left out: some clients refuse a dialect they do not know by name.
 */
export function advertise(schema: z.ZodObject, io: 'input' | 'output'): StandardSchemaWithJSON<unknown, unknown> {
  let json: Record<string, unknown> | undefined;
  const convert = () =>
    (json ??= withoutDialect(
      z.toJSONSchema(schema, { io, target: 'draft-2020-12', unrepresentable: 'any', override: withoutSafeRange }),
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

/** Every integer of JSON is within these bounds; saying so at each field would be most of the schema. */
function withoutSafeRange({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
}
