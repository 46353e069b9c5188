import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isStoreError } from '../../../src/core/errors.ts';
import { putConfig } from '../../../src/verbs/configs/put-config.ts';
import { validateConfig } from '../../../src/verbs/configs/validate-config.ts';
import { credential, randomLooking } from '../../policy/candidates.ts';
import { propertyRuns } from '../../property-runs.ts';
import { openContext } from './open-context.ts';

const token = credential('ghp', '_', randomLooking(36));

async function succeeds(attempt: Promise<unknown>): Promise<boolean> {
  try {
    await attempt;
    return true;
  } catch (error) {
    if (isStoreError(error)) return false;
    throw error;
  }
}

it('validate says valid exactly when put stores it', async () => {
  const { ctx } = await openContext();
  const documents = fc.oneof(
    fc.constantFrom({ mcpServers: {} }, { mcpServers: { a: {} } }, { servers: { a: { command: '', args: [1] } } }),
    fc.constantFrom({ env: { API_KEY: token } }, { apiKey: '123e4567-e89b-42d3-a456-426614174000' }, []),
    fc.jsonValue(),
  );
  const contents = fc.record({
    content: fc.oneof(
      documents.map((document) => JSON.stringify(document)),
      fc.constantFrom(
        '{"a":1,}',
        '{"a":1} // c',
        'a: [',
        'a: 1\na: 2',
        'a = 1',
        'a = ',
        '',
        `# ${token}`,
        '1e999',
        '\ud800',
        '{"mcpServers": {"fs": {',
        '{\n  // why\n  "a": 1,\n}',
        'servers:\n  fs:\n    command: x\n',
        '[a]\nb = "c"\n',
      ),
      fc.string(),
    ),
    mediaType: fc.option(
      fc.constantFrom(
        'application/json',
        'application/jsonc',
        'text/yaml',
        'application/toml',
        'text/plain',
        'nonsense',
        `text/plain; x=${token}`,
      ),
      { nil: undefined },
    ),
  });
  const given = fc.oneof(contents, fc.record({ json: documents }));
  const extension = fc.constantFrom('', '', '.json', '.jsonc', '.yaml', '.toml', '.md');
  let count = 0;
  await fc.assert(
    fc.asyncProperty(given, extension, fc.option(given, { nil: undefined }), async (request, ending, before) => {
      const name = `property/c${++count}${ending}`;
      if (before !== undefined) await succeeds(putConfig(ctx, { ...before, name }));
      let valid = false;
      let checkedAs: string | undefined;
      const checked = await succeeds(
        validateConfig(ctx, { ...request, name }).then((result) => {
          valid = result.valid;
          checkedAs = result.mediaType;
        }),
      );
      let storedAs = checkedAs;
      const stored = await succeeds(
        putConfig(ctx, { ...request, name }).then((result) => {
          storedAs = result.mediaType;
        }),
      );
      expect(checked && valid).toBe(stored);
      expect(storedAs).toBe(checkedAs);
    }),
    propertyRuns,
  );
});
