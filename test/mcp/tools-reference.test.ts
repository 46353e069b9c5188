import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { TOOLS_REFERENCE, toolsReference } from '../../scripts/tools-reference.ts';

test('docs/tools.md is what the tools say of themselves', async () => {
  expect(await readFile(TOOLS_REFERENCE, 'utf8')).toBe(toolsReference());
});
