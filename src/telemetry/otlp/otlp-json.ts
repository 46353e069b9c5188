/** An attribute in the JSON form of OTLP. */
export interface KeyValue {
  readonly key: string;
  readonly value: { readonly stringValue: string };
}

/** Returns attributes in the JSON form of OTLP; those without a value are left out. */
export function attributes(values: Readonly<Record<string, string | undefined>>): readonly KeyValue[] {
  return Object.entries(values).flatMap(([key, value]) =>
    value === undefined || value === '' ? [] : [{ key, value: { stringValue: value } }],
  );
}

/** Returns a time in nanoseconds since 1970, as text: OTLP writes integers of 64 bits so. */
export function nanoseconds(ms: number): string {
  return String(BigInt(Math.round(ms * 1_000)) * 1_000n);
}
