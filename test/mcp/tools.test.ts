import { describe, expect, test } from 'vitest';
import { advertisedOutput } from '../../src/mcp/results/result.ts';
import { advertise, fullSchema } from '../../src/mcp/tool/advertise.ts';
import { TOOLS } from '../../src/mcp/tools/index.ts';

interface Schema {
  readonly type?: string | undefined;
  readonly description?: string | undefined;
  readonly properties?: Readonly<Record<string, Schema>> | undefined;
  readonly required?: readonly string[] | undefined;
  readonly items?: Schema | undefined;
  readonly additionalProperties?: unknown;
}

const shown = (schema: ReturnType<Parameters<typeof advertise>[0]>, io: 'input' | 'output') =>
  advertise(() => schema, io)['~standard'].jsonSchema.input({ target: 'draft-2020-12' }) as Schema;

/** Every schema in a schema, with where it is. */
function* walk(schema: Schema, path: string): Generator<[string, Schema]> {
  yield [path, schema];
  for (const [name, inner] of Object.entries(schema.properties ?? {})) yield* walk(inner, `${path}.${name}`);
  if (schema.items !== undefined) yield* walk(schema.items, `${path}[]`);
}

/** The parameters of each tool as they were agreed on; a trailing ? marks an optional one. */
const PARAMETERS: Readonly<Record<string, string>> = {
  list_configs: 'prefix? include_deleted? cursor? limit?',
  get_config: 'name? version? draft? digest? offset? max_chars? render_for?',
  list_history: 'name? since? grep? cursor? limit?',
  diff_configs: 'name from? to? to_name? draft? content? unified? steps?',
  put_config: 'name content? json? encoding? media_type? message? expected_version? schema? draft?',
  patch_config: 'name patch message? expected_version? draft?',
  publish_drafts: 'names? expected? message?',
  discard_draft: 'name',
  restore_config: 'name version message? expected_version?',
  delete_config: 'name message? expected_version?',
  validate_config: 'name? version? draft? content? json? media_type?',
  verify_store: 'name? depth?',
  check_health: '',
  scan_clients: 'client? project?',
  import_client: 'client path? project? name? message?',
  plan_deploy: 'name version? clients? paths? project? switch? restore? take_over?',
  apply_deploy: 'plan_id',
  undo_deploy: 'client? path? project?',
  review_telemetry: 'since? until? name? tool? failures_only? limit?',
};

test('the tools are those agreed on', () => {
  expect(TOOLS.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(PARAMETERS)));
});

describe.each(TOOLS.map((tool) => [tool.name, tool] as const))('%s', (name, tool) => {
  const input = shown(tool.input, 'input');
  const output = shown(advertisedOutput(tool), 'output');

  test('takes what was agreed on', () => {
    const parameters = Object.keys(input.properties ?? {}).map((key) =>
      input.required?.includes(key) ? key : `${key}?`,
    );
    expect(parameters.join(' ')).toBe(PARAMETERS[name] ?? parameters.join(' '));
  });

  test('has object roots that take no unknown arguments', () => {
    expect(input).toMatchObject({ type: 'object', additionalProperties: false });
    expect(output).toMatchObject({ type: 'object', required: ['summary'] });
  });

  test('uses no keyword that clients stumble over', () => {
    for (const schema of [input, output])
      expect(JSON.stringify(schema)).not.toMatch(/"(?:anyOf|oneOf|allOf|not|\$ref|\$defs|\$schema|const)":/);
  });

  test('spells every property in snake_case', () => {
    for (const schema of [input, output]) {
      for (const [path, { properties }] of walk(schema, '')) {
        for (const key of Object.keys(properties ?? {}))
          expect(key, `${path}.${key}`).toMatch(/^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/);
      }
    }
  });

  test('describes every parameter and every field of its result', () => {
    for (const [path, schema] of walk(input, name))
      if (path !== name && !path.endsWith('[]')) expect(schema.description, path).toMatch(/^.{10,}\.?$/);
    // The descriptions of a result are for docs/tools.md.
    for (const [path, { properties }] of walk(fullSchema(advertisedOutput(tool), 'output') as Schema, name)) {
      for (const [key, inner] of Object.entries(properties ?? {}))
        expect(inner.description, `${path}.${key}`).toMatch(/^.{4,}\.$/);
    }
  });

  test('lists of its result no more than the members and their types', () => {
    for (const [key, member] of Object.entries(output.properties ?? {})) {
      expect(member.type, key).toMatch(/^(?:array|boolean|integer|number|object|string)$/);
      if (member.type === 'array') expect(member.items?.type, key).toMatch(/^(?:object|string)$/);
      expect(JSON.stringify(member), key).not.toMatch(/"(?:description|properties|required|additionalProperties)":/);
    }
  });

  test('says when to use it and what it changes', () => {
    expect(tool.title.length).toBeGreaterThan(3);
    expect(tool.description).toMatch(/\bUse it\b|\bUse json\b/);
    expect(tool.description.length).toBeLessThan(700);
    if (tool.behaviour.readOnly) expect(tool.description).toMatch(/Changes nothing\.$/);
    else expect(tool.description).not.toMatch(/Changes nothing/);
  });
});
