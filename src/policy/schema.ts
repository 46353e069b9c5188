import { type Schema, Validator } from '@cfworker/json-schema';

/** One place in which a value does not satisfy a schema; never a value. */
export interface SchemaViolation {
  /** JSON Pointer of the place. */
  readonly path: string;
  readonly message: string;
}

/** The most violations that are named. */
const MAX_VIOLATIONS = 20;

/** Returns where a value does not satisfy a schema (JSON Schema 2020-12). */
export function schemaViolationsIn(schema: object | boolean, value: unknown): SchemaViolation[] {
  const { errors } = new Validator(schema as Schema, '2020-12', false).validate(value);
  // Keywords that only say that something below them failed come first, and say less than what follows.
  const leaves = errors.filter(
    ({ keyword }) => !/^(?:properties|items|prefixItems|allOf|\$ref|additionalProperties)$/.test(keyword),
  );
  return (leaves.length > 0 ? leaves : errors)
    .slice(0, MAX_VIOLATIONS)
    .map(({ instanceLocation, keyword, keywordLocation }) => ({
      path: instanceLocation.replace(/^#/, ''),
      message: `it does not satisfy ${keyword}, at ${keywordLocation.replace(/^#/, '') || 'the root'} of the schema`,
    }));
}
