import { expect, it } from 'vitest';
import { getConfig } from '../../../src/verbs/configs/get-config.ts';
import { patchConfig } from '../../../src/verbs/configs/patch-config.ts';
import { putConfig } from '../../../src/verbs/configs/put-config.ts';
import { validateConfig } from '../../../src/verbs/configs/validate-config.ts';
import { publishDrafts } from '../../../src/verbs/drafts/publish-drafts.ts';
import { openContext, refusal } from './open-context.ts';

const SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: { port: { type: 'integer', minimum: 1 }, host: { $ref: '#/$defs/host' } },
  required: ['port'],
  unevaluatedProperties: false,
  $defs: { host: { type: 'string', minLength: 1 } },
};
const name = 'team/service';

it('a schema binds the version it is given with, and all that follow', async () => {
  const { ctx } = await openContext();
  await putConfig(ctx, { name: 'schemas/service', json: SCHEMA });
  const bound = await putConfig(ctx, { name, json: { port: 1 }, schema: 'service' });
  expect(bound.mediaType).toBe('application/json;schema="service"');
  const error = await refusal(putConfig(ctx, { name, json: { port: 0 } }));
  expect([error.code, error.details?.['path']]).toEqual(['SCHEMA_VIOLATION', '/port']);
  expect((await refusal(patchConfig(ctx, { name, patch: { host: '' } }))).code).toBe('SCHEMA_VIOLATION');
  const draft = putConfig(ctx, { name, json: { port: 2, more: true }, draft: true });
  expect((await refusal(draft)).code).toBe('SCHEMA_VIOLATION');
  await putConfig(ctx, { name, json: { port: 2 }, draft: true });
  await putConfig(ctx, { name: 'schemas/service', json: { ...SCHEMA, required: ['port', 'host'] } });
  expect((await refusal(publishDrafts(ctx, { names: [name] }))).code).toBe('SCHEMA_VIOLATION');
  await putConfig(ctx, { name: 'schemas/service', json: SCHEMA });
  const found = await validateConfig(ctx, { name, json: { host: 7 } });
  expect(found.errors.map(({ code }) => code)).toContain('SCHEMA_VIOLATION');
  expect(await putConfig(ctx, { name, content: '{ "port": 3 }', mediaType: 'application/json' })).toMatchObject({
    mediaType: 'application/json;schema="service"',
  });
  expect(await getConfig(ctx, { name })).toMatchObject({ version: 2, verified: true });
});

it('it can be ended on purpose, and has to be there', async () => {
  const { ctx } = await openContext();
  expect((await refusal(putConfig(ctx, { name, json: { port: 1 }, schema: 'absent' }))).code).toBe('NOT_FOUND');
  await putConfig(ctx, { name: 'schemas/never', content: 'false', mediaType: 'application/json' });
  expect((await refusal(putConfig(ctx, { name, json: {}, schema: 'never' }))).code).toBe('SCHEMA_VIOLATION');
  await putConfig(ctx, { name: 'schemas/service', json: SCHEMA });
  await putConfig(ctx, { name, json: { port: 1 }, schema: 'service' });
  expect(await putConfig(ctx, { name, json: { anything: true }, schema: '' })).toMatchObject({
    mediaType: 'application/json',
  });
});
