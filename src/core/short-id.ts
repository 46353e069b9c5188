/** Returns the first 12 hex characters of a digest, commit or key id: enough to recognise it, and to ask for it. */
export function shortId(id: string): string {
  return id.replace(/^sha256:/, '').slice(0, 12);
}

/** Returns a digest as `sha256:0123456789ab…`. */
export function shortDigest(digest: string): string {
  return `sha256:${shortId(digest)}…`;
}
