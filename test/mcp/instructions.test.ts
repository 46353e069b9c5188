import { expect, test } from 'vitest';
import { instructions } from '../../src/mcp/instructions.ts';
import { TOOLS } from '../../src/mcp/tools/index.ts';

test.each([true, false])('the instructions are short and name only tools there are (read-only: %s)', (readOnly) => {
  const text = instructions(readOnly);
  expect(text.length).toBeLessThan(2_000);
  const listed = TOOLS.filter(({ behaviour }) => !readOnly || behaviour.readOnly).map(({ name }) => name);
  const named = [
    ...text.matchAll(/\b(?:list|get|put|patch|diff|publish|discard|restore|delete|validate|verify|check)_[a-z]+\b/g),
  ].map(([name]) => name);
  expect(listed).toEqual(expect.arrayContaining(named));
});
