import { boundSchema } from '../../core/content/media-type.ts';
import { isStoreError, StoreError } from '../../core/errors.ts';
import type { SchemaViolation } from '../../policy/schema.ts';
import { type Content, structuredValue } from './content-changes.ts';
import { runContentTask } from './content-thread.ts';
import type { Context } from './context.ts';

/** The first segment of the configs that hold schemas. */
const SCHEMAS = 'schemas';

/**
 * Returns where content does not satisfy the schema that its media type binds it to; none where it is bound to none.
 *
 * @throws StoreError NOT_FOUND when the schema is not in the store, CONTENT_INVALID when it is none
 */
export async function schemaViolations(ctx: Context, content: Content): Promise<readonly SchemaViolation[]> {
  const name = boundSchema(content.mediaType);
  if (name === undefined) return [];
  const schema = await schemaNamed(ctx, name);
  const value = await structuredValue(content);
  if (value === undefined) return [{ path: '', message: 'it has no structure that a schema could be about' }];
  return runContentTask([content], 'schemaViolations', schema, value);
}

/** Refuses content that does not satisfy its schema. @throws StoreError SCHEMA_VIOLATION, and as `schemaViolations` */
export async function checkSchema(ctx: Context, configName: string, content: Content): Promise<void> {
  const [first, ...others] = await schemaViolations(ctx, content);
  if (first === undefined) return;
  const schema = boundSchema(content.mediaType);
  const at = first.path === '' ? 'as a whole' : `at ${JSON.stringify(first.path)}`;
  throw new StoreError(
    'SCHEMA_VIOLATION',
    `${configName} is bound to ${SCHEMAS}/${schema}: ${at}, ${first.message}${others.length === 0 ? '' : `, and ${others.length} more`}`,
    {
      hint: 'Change that value; what was sent was not stored.',
      details: { path: first.path, violations: others.length + 1 },
    },
  );
}

async function schemaNamed(ctx: Context, name: string): Promise<object | boolean> {
  const store = await ctx.store();
  try {
    const { row, bytes } = await store.reader.read(`${SCHEMAS}/${name}`);
    const schema = await structuredValue({ bytes, mediaType: row.mediaType });
    if (typeof schema === 'boolean' || (typeof schema === 'object' && schema !== null)) return schema;
  } catch (error) {
    if (!isStoreError(error, 'NOT_FOUND')) throw error;
    throw noSchema(name, error);
  }
  throw new StoreError('CONTENT_INVALID', `${SCHEMAS}/${name} is no JSON Schema`, {
    hint: 'A schema is an object, or true or false.',
  });
}

function noSchema(name: string, cause: unknown): StoreError {
  return new StoreError('NOT_FOUND', `there is no schema ${SCHEMAS}/${name}`, {
    hint: 'Store it there first, as JSON Schema 2020-12.',
    cause,
  });
}
