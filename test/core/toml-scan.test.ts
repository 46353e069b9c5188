import { expect, test } from 'vitest';
import { scanToml } from '../../src/core/content/toml-scan.ts';

test('finds tables, pairs, values and comments', () => {
  const text =
    "# head\na = \"x # no\" # yes\n[b.\"c.d\"]\ne = [1, # in a list\n  2026-01-31 07:32:00,\n]\n[[f]]\ng = { h = 1.5, i.j = '''\n[k]''' }\n";
  const { tables, comments } = scanToml(text);
  expect(comments.map(({ start, end }) => text.slice(start, end))).toEqual(['# head', '# yes', '# in a list']);
  expect(tables.map(({ key, isArray, pairs }) => [key, isArray, pairs.map((pair) => pair.key)])).toEqual([
    [[], false, [['a']]],
    [['b', 'c.d'], false, [['e']]],
    [['f'], true, [['g']]],
  ]);
  const list = tables[1]?.pairs[0]?.value;
  expect(list?.items.map(({ start, end }) => text.slice(start, end))).toEqual(['1', '2026-01-31 07:32:00']);
  expect(tables[2]?.pairs[0]?.value.members.map(({ key }) => key)).toEqual([['h'], ['i', 'j']]);
});
