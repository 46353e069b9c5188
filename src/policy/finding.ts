/** One thing the policy has to say of content. */
export interface PolicyFinding {
  /** An error code of the store, or one of the MCP server findings; docs/errors.md lists the first. */
  readonly code: string;
  /** JSON Pointer in structured content, `line 12` in text, or `name`, `message`, `label`, `media_type`; empty for the whole. */
  readonly path: string;
  /** What is wrong and what to do; never a part of a secret. */
  readonly message: string;
}

/** What is to be stored, or only looked at. */
export interface Candidate {
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly message?: string | undefined;
  readonly label?: string | undefined;
}
