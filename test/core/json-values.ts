import fc from 'fast-check';

/** Values the store takes as JSON: well-formed strings (`__proto__` among the names), finite numbers, safe integers. */
export const jsonValues: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, tie('leaf'), tie('array'), tie('object')),
  leaf: fc.oneof(
    fc.constant(null),
    fc.boolean(),
    fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }),
  ),
  array: fc.array(tie('value'), { maxLength: 4 }),
  object: fc
    .uniqueArray(
      fc.tuple(
        fc.oneof(fc.constantFrom('__proto__', 'a', 'b', 'a/b', '~', ''), fc.string({ maxLength: 3 })),
        tie('value'),
      ),
      {
        maxLength: 4,
        selector: ([key]) => key,
      },
    )
    .map((entries) => Object.fromEntries(entries)),
})).value;
