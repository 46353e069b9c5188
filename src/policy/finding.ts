/** One thing the policy has to say of content. */
export interface PolicyFinding {
  /** An error code of the store, or one of the MCP server findings; docs/errors.md lists the first. */
  readonly code: string;
  /** JSON Pointer in structured content, `line 12` in text, or `name`, `message`, `label`, `reason`, `media_type`; empty for the whole. */
  readonly path: string;
  /** The fault and how to fix it; never a part of a secret. */
  readonly message: string;
}

/** Texts that are signed forever, with content or without any: of a commit, of a key, of an administrative change. */
export interface SignedTexts {
  readonly message?: string | undefined;
  readonly label?: string | undefined;
  readonly reason?: string | undefined;
}

/** Content to be stored, or only checked. */
export interface Candidate extends SignedTexts {
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}
