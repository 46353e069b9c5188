/** One thing the policy has to say of content. */
export interface PolicyFinding {
  /** An error code of the store, or one of the MCP server findings; docs/errors.md lists the first. */
  readonly code: string;
  /** JSON Pointer in structured content, `line 12` in text, or `name`, `message`, `label`, `reason`, `media_type`; empty for the whole. */
  readonly path: string;
  /** What is wrong and what to do; never a part of a secret. */
  readonly message: string;
}

/** Texts that are signed for ever beside content, or without any: of a commit, of a key, of an administrative change. */
export interface SignedTexts {
  readonly message?: string | undefined;
  readonly label?: string | undefined;
  readonly reason?: string | undefined;
}

/** What is to be stored, or only looked at. */
export interface Candidate extends SignedTexts {
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}
