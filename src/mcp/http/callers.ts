import type { IncomingMessage } from 'node:http';
import type { AccessToken } from '../../core/access/token.ts';
import { Refusal } from './answers.ts';

/** Who may use the server. */
export interface Access {
  /** True when only those with a token may. */
  required(): boolean;
  /** The token whose secret this is. */
  find(secret: string): AccessToken | undefined;
  /** True while that token is still one. */
  isValid(token: AccessToken): boolean;
}

/** Who sent a request: the owner of a token, or anyone on this machine where none is required. */
export interface Caller {
  readonly token: AccessToken | undefined;
}

/** Counts a failed authentication of an address; false when there were too many of them. */
export type CountFailure = (address: string) => Promise<boolean>;

/** Returns a counter that allows so many failures a second. Loads its library at the first failure. */
export function failureCounter(perSecond: number): CountFailure {
  let limiter: { consume(key: string): Promise<unknown> } | undefined;
  return async (address) => {
    if (limiter === undefined) {
      const { RateLimiterMemory } = (await import('rate-limiter-flexible')).default;
      limiter = new RateLimiterMemory({ points: perSecond, duration: 1 });
    }
    return limiter.consume(address).then(
      () => true,
      () => false,
    );
  };
}

/**
 * Returns who asks. A token that is right is accepted however many wrong ones came from the same address, which may be a proxy's.
 *
 * @throws Refusal 401, or 429 when an address sends too many wrong tokens
 */
export async function authenticate(
  { headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>,
  access: Access,
  countFailure: CountFailure,
): Promise<Caller> {
  const secret = bearerOf(headers.authorization);
  const token = secret === undefined ? undefined : access.find(secret);
  if (token !== undefined) return { token };
  if (!access.required() && headers.authorization === undefined) return { token: undefined };
  if (!(await countFailure(socket.remoteAddress ?? 'unknown')))
    throw new Refusal(429, 'too many requests without a valid token from this address', { 'retry-after': '1' });
  const text =
    headers.authorization === undefined
      ? 'a token is required: send it as "Authorization: Bearer TOKEN"'
      : 'the token is not valid here: it may have been revoked';
  throw new Refusal(401, text, { 'www-authenticate': challenge(headers.authorization) });
}

/** Returns the secret of an `Authorization` header (RFC 6750); undefined when it is of another kind. */
export function bearerOf(header: string | undefined): string | undefined {
  return /^Bearer +([\w.~+/-]+=*)$/i.exec(header ?? '')?.[1];
}

/** RFC 6750, section 3.1: a request without credentials gets no error code. */
function challenge(header: string | undefined): string {
  const realm = 'Bearer realm="mcp-config-store"';
  return header === undefined ? realm : `${realm}, error="invalid_token"`;
}
