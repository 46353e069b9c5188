import { randomBytes } from 'node:crypto';
import { type AccessToken, checkPrefix, checkTokenName, parseScopes } from '../../core/access/token.ts';
import { sha256Hex } from '../../core/digest.ts';
import { StoreError } from '../../core/errors.ts';
import { StateFolder } from '../../state/state-folder.ts';
import { TokenFile } from '../../state/token-file.ts';
import type { Context } from '../shared/context.ts';

/** Bytes of randomness in a secret. */
const SECRET_BYTES = 32;

/** A new token: for whom, and for what. */
export interface AddTokenRequest {
  readonly name: string;
  /** One or more of read, write, metrics, separated by commas. */
  readonly scopes: string;
  /** Reaches only configs whose names begin with this. */
  readonly prefix?: string | undefined;
}

/** A token without the hash of its secret. */
export type TokenSummary = Omit<AccessToken, 'sha256'>;

/**
 * Makes a token. Its secret is returned, and kept nowhere.
 *
 * @throws StoreError ARGUMENT_INVALID for a name that is taken, and as `TokenFile.change`
 */
export async function addToken(
  ctx: Context,
  request: AddTokenRequest,
): Promise<{ readonly token: TokenSummary; readonly secret: string }> {
  const secret = `mcs_${randomBytes(SECRET_BYTES).toString('base64url')}`;
  const { sha256, ...token }: AccessToken = {
    name: checkTokenName(request.name),
    scopes: parseScopes(request.scopes),
    ...(request.prefix !== undefined && { prefix: checkPrefix(request.prefix) }),
    sha256: sha256Hex(secret),
    created: new Date().toISOString(),
  };
  await tokenFile(ctx).change((tokens) => {
    if (tokens.some(({ name }) => name === token.name))
      throw new StoreError('ARGUMENT_INVALID', `there is a token named ${token.name} already`, {
        hint: 'Take another name, or revoke that one first.',
        advice: [{ do: 'list-tokens' }],
      });
    return [...tokens, { ...token, sha256 }];
  });
  return { token, secret };
}

/** Returns the tokens that were made here. @throws StoreError STORE_UNREADABLE */
export function listTokens(ctx: Context): readonly TokenSummary[] {
  return (tokenFile(ctx).read() ?? []).map(({ sha256: _, ...token }) => token);
}

/** Ends a token at once, for servers that run too. @throws StoreError NOT_FOUND, and as `TokenFile.change` */
export async function revokeToken(ctx: Context, { name }: { readonly name: string }): Promise<void> {
  const file = tokenFile(ctx);
  const missing = () =>
    new StoreError('NOT_FOUND', `there is no token named ${JSON.stringify(name.slice(0, 40))} here`, {
      hint: 'One that comes from a setting is ended there.',
      advice: [{ do: 'list-tokens' }],
    });
  if (file.read() === undefined) throw missing();
  await file.change((tokens) => {
    const others = tokens.filter((token) => token.name !== name);
    if (others.length === tokens.length) throw missing();
    return others;
  });
}

function tokenFile({ installation }: Context): TokenFile {
  return new TokenFile(new StateFolder(installation.settings().paths.state));
}
