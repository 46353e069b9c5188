import { expect, test } from 'vitest';
import { idOutside } from '../../src/disk/volume/id-map.ts';

test.each([
  ['the same ids', 10_001, '         0          0 4294967295\n', undefined],
  ['userns-remap', 10_001, '         0     165536      65536\n', 175_537],
  ['rootless', 10_001, '         0       1000          1\n         1     100000      65536\n', 110_000],
  ['rootless, as root', 0, '         0       1000          1\n         1     100000      65536\n', 1_000],
  ['an id that has none outside', 70_000, '0 165536 65536\n', undefined],
])('%s', (_, id, map, outside) => {
  expect(idOutside(id, 'uid', map)).toBe(outside);
});

test.runIf(process.platform === 'linux')('of this machine it is a number or nothing', () => {
  expect([undefined, 'number']).toContain(idOutside(0, 'uid') === undefined ? undefined : 'number');
});
