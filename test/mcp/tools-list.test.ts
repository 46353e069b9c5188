import { expect, test } from 'vitest';
import { TOOLS } from '../../src/mcp/tools/index.ts';
import { answers, ERAS } from './answers.ts';

/** What every conversation of a model begins with, in bytes. */
const MOST_BYTES = 30_000;

test.each(ERAS)('the list of all tools is short (%s)', async (era) => {
  const [list = ''] = await answers(era, [{ method: 'tools/list' }]);
  const { result } = JSON.parse(list) as { result: { tools: ReadonlyArray<{ name: string }> } };
  expect(result.tools.map(({ name }) => name)).toEqual(TOOLS.map(({ name }) => name));
  expect(Buffer.byteLength(list)).toBeLessThanOrEqual(MOST_BYTES);
});
