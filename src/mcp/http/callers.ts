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

const REALM = 'realm="mcp-config-store"';

/**
 * Returns who asks. A token that is right is accepted however many wrong ones came from the same address, which may be a proxy's.
 *
 * @param asPassword true where it may also come as a password, as a browser sends it
 * @throws Refusal 401, or 429 when an address sends too many wrong tokens
 */
export async function authenticate(
  { headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>,
  access: Access,
  countFailure: CountFailure,
  { asPassword = false }: { readonly asPassword?: boolean } = {},
): Promise<Caller> {
  const secret = bearerOf(headers.authorization) ?? (asPassword ? passwordOf(headers.authorization) : undefined);
  const token = secret === undefined ? undefined : access.find(secret);
  if (token !== undefined) return { token };
  if (!access.required() && headers.authorization === undefined) return { token: undefined };
  if (!(await countFailure(socket.remoteAddress ?? 'unknown')))
    throw new Refusal(429, 'too many requests without a valid token from this address', { 'retry-after': '1' });
  const text =
    headers.authorization === undefined
      ? 'a token is required: send it as "Authorization: Bearer TOKEN"'
      : 'the token is not valid here: it may have been revoked';
  const bearer = challenge(headers.authorization);
  throw new Refusal(401, text, {
    'www-authenticate': asPassword ? [`Basic ${REALM}, charset="UTF-8"`, bearer] : bearer,
  });
}

/** Refuses a caller whose token has not this scope; `write` includes `read`. @throws Refusal 403 */
export function needScope({ token }: Caller, scope: 'read' | 'metrics'): void {
  if (token === undefined || token.scopes.some((one) => one === scope || (scope === 'read' && one === 'write'))) return;
  const text = scope === 'read' ? 'this token is for metrics only' : 'this token is not for metrics';
  throw new Refusal(403, text, {
    'www-authenticate': `Bearer ${REALM}, error="insufficient_scope", scope="${scope}"`,
  });
}

/** Returns the secret of an `Authorization` header (RFC 6750); undefined when it is of another kind. */
export function bearerOf(header: string | undefined): string | undefined {
  return /^Bearer +([\w.~+/-]+=*)$/i.exec(header ?? '')?.[1];
}

/** Returns the password of an `Authorization` header (RFC 7617), whatever the name in it. */
function passwordOf(header: string | undefined): string | undefined {
  const [, coded] = /^Basic +([\w+/-]+=*)$/i.exec(header ?? '') ?? [];
  const text = Buffer.from(coded ?? '', 'base64').toString('utf8');
  return text.includes(':') ? text.slice(text.indexOf(':') + 1) : undefined;
}

/** RFC 6750, section 3.1: a request without credentials gets no error code. */
function challenge(header: string | undefined): string {
  return `Bearer ${REALM}${header === undefined ? '' : ', error="invalid_token"'}`;
}
