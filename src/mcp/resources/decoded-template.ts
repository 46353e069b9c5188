import { UriTemplate } from '@modelcontextprotocol/server';

/** A URI template that finds a URI whichever of its characters are percent-encoded: some clients encode every `@`. */
export class DecodedTemplate extends UriTemplate {
  override match(uri: string): ReturnType<UriTemplate['match']> {
    return super.match(decodeUri(uri));
  }
}

/** Returns a URI with its percent-encoding (RFC 3986, 2.1) undone once; as it is where that is malformed. */
export function decodeUri(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    // Nothing of ours has such a URI, and the answer names it as it came.
    return uri;
  }
}
