import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type KeptVersion, VersionTable } from '../../src/store/maintain/version-table.ts';
import { propertyRuns } from '../property-runs.ts';

const digests = Array.from({ length: 6 }, (_, i) => `${i}`.repeat(64));
const added = fc.record({
  name: fc.constantFrom('a', 'b', 'c/d'),
  version: fc.constantFrom(1, 2, 3, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER),
  index: fc.constantFrom(0, 7, 999_999_999),
  action: fc.constantFrom('put' as const, 'restore' as const, 'delete' as const),
  digest: fc.constantFrom(...digests),
  size: fc.constantFrom(0, 5, Number.MAX_SAFE_INTEGER),
  mediaType: fc.constantFrom('text/plain', 'a type of its own', ''),
});

it('a table of versions answers as maps of them would', () => {
  fc.assert(
    fc.property(fc.array(added, { maxLength: 40 }), fc.constantFrom(undefined, 'b'), (versions, only) => {
      const table = new VersionTable();
      const heads = new Map<string, KeptVersion>();
      const byVersion = new Map<string, KeptVersion>();
      const byDigest = new Map<string, KeptVersion>();
      const artifacts = new Map<string, KeptVersion>();
      for (const version of versions) {
        const counts = only === undefined || version.name === only;
        table.add(version, counts);
        heads.set(version.name, version);
        byVersion.set(`${version.name}@${version.version}`, version);
        byDigest.set(version.digest, version);
        if (counts && !(version.action === 'delete' && artifacts.has(version.digest)))
          artifacts.set(version.digest, version);
      }
      for (const name of ['a', 'b', 'c/d', 'e']) {
        expect(table.head(name)).toEqual(heads.get(name));
        for (const version of [1, 2, 3, 4, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER])
          expect(table.version(name, version)).toEqual(byVersion.get(`${name}@${version}`));
      }
      for (const digest of [...digests, 'f'.repeat(64)]) expect(table.byDigest(digest)).toEqual(byDigest.get(digest));
      const listed = [...table.artifacts()];
      expect(table.artifactCount).toBe(listed.length);
      expect(new Map(listed.map((version) => [version.digest, version]))).toEqual(artifacts);
    }),
    propertyRuns,
  );
});

it('a table of many versions finds each of them', () => {
  const table = new VersionTable();
  const version = (i: number): KeptVersion => ({
    ...{
      name: `n/${i % 50}`,
      version: Math.floor(i / 50) + 1,
      index: i,
      action: 'put',
      size: i,
      mediaType: 'text/plain',
    },
    digest: i.toString(16).padStart(64, '0'), // alike in all but their last digits
  });
  const count = 20_000;
  for (let i = 0; i < count; i++) table.add(version(i), true);
  for (let i = 0; i < count; i += 97) {
    const expected = version(i);
    expect(table.byDigest(expected.digest)).toEqual(expected);
    expect(table.version(expected.name, expected.version)).toEqual(expected);
  }
  expect(table.artifactCount).toBe(count);
  expect(table.head('n/7')).toEqual(version(count - 43));
});
