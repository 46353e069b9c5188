/** One difference between two documents; the path is a JSON Pointer (RFC 6901), the empty string the whole document. */
export interface StructuralChange {
  readonly op: 'add' | 'remove' | 'replace';
  readonly path: string;
  /** The value before, with `remove` and `replace`; absent where the content is not a document of values. */
  readonly before?: unknown;
  /** The value after, with `add` and `replace`; absent where the content is not a document of values. */
  readonly after?: unknown;
}
