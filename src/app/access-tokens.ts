import { readFileSync, statSync } from 'node:fs';
import { type AccessToken, checkPrefix, checkTokenName, findToken, parseScopes } from '../core/access/token.ts';
import { isHexDigest, sha256Hex } from '../core/digest.ts';
import { StoreError, toStoreError } from '../core/errors.ts';
import { StateFolder } from '../state/state-folder.ts';
import { TokenFile } from '../state/token-file.ts';
import { badSetting } from './settings/given-path.ts';
import { type NetworkSettings, readToken } from './settings/network-settings.ts';
import { SETTINGS } from './settings/setting-table.ts';

/** Who may use the server. */
export interface Access {
  /** True when only those with a token may; once true, always. */
  required(): boolean;
  /** The token whose secret this is. */
  find(secret: string): AccessToken | undefined;
  /** True while that token is still one. */
  isValid(token: AccessToken): boolean;
}

interface Source {
  readonly tokens: readonly AccessToken[];
  /** True where the person set it up, even with no token in it. */
  readonly isThere: boolean;
}

const NONE: Source = { tokens: [], isThere: false };

/**
 * Collects the tokens of the state folder and of the settings. Files are looked at with every question, so that a token that was
 * revoked is refused at once; a file that cannot be read has no tokens.
 *
 * @throws StoreError ARGUMENT_INVALID, STORE_UNREADABLE for what is wrong now; later faults go to `onFault`
 */
export function openAccess(
  settings: Pick<NetworkSettings, 'tokensFile' | 'serviceToken' | 'serviceTokenFile'>,
  stateFolder: string,
  onFault: (error: StoreError) => void,
): Access {
  const { tokensFile, serviceToken, serviceTokenFile } = settings;
  const own = new TokenFile(new StateFolder(stateFolder));
  const sources = [
    watched(own.path, () => source(own.read())),
    watched(tokensFile, (path) => source(parseTokens(path, readText(path)))),
    watched(serviceTokenFile, (path) => source(serviceTokens(readText(path).split(/\r?\n/, 1)[0]?.trim()))),
    () => (serviceToken === undefined ? NONE : source(serviceTokens(serviceToken))),
  ];
  const all = (found: readonly Source[]) => found.flatMap(({ tokens }) => tokens);
  const reported = new WeakSet<StoreError>();
  const read = () =>
    sources.map((one) => {
      try {
        return one();
      } catch (error) {
        const fault = toStoreError(error);
        if (!reported.has(fault)) onFault(fault);
        reported.add(fault);
        return { tokens: [], isThere: true };
      }
    });
  let isRequired = sources.map((one) => one()).some(({ isThere }) => isThere);
  return {
    required: () => {
      isRequired ||= read().some(({ isThere }) => isThere);
      return isRequired;
    },
    find: (secret) => findToken(all(read()), secret),
    isValid: (token) => all(read()).some(({ name, sha256 }) => name === token.name && sha256 === token.sha256),
  };
}

function source(tokens: readonly AccessToken[] | undefined): Source {
  return tokens === undefined ? NONE : { tokens, isThere: true };
}

/** Returns a reader of a file that parses it again only when it is another, or has changed. */
function watched(path: string | undefined, read: (path: string) => Source): () => Source {
  let state: string | undefined;
  let outcome: () => Source = () => NONE;
  return () => {
    if (path === undefined) return NONE;
    const found = statSync(path, { throwIfNoEntry: false, bigint: true });
    const now =
      found === undefined ? 'none' : `${found.dev} ${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`;
    if (now !== state) {
      state = now;
      outcome = settled(() => read(path));
    }
    return outcome();
  };
}

/** Runs once, and gives the same outcome again: a fault is reported with every question, without reading again. */
function settled(read: () => Source): () => Source {
  try {
    const value = read();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw unreadable(path, error as NodeJS.ErrnoException);
  }
}

function unreadable(path: string, cause: NodeJS.ErrnoException): StoreError {
  return new StoreError('ARGUMENT_INVALID', `the token file ${path} cannot be read (${cause.code ?? cause.name})`, {
    hint: 'Name a file that this user can read.',
    cause,
  });
}

function serviceTokens(text: string | undefined): readonly AccessToken[] {
  const secret = readToken(text ?? '', SETTINGS.serviceTokenFile) ?? '';
  return [{ name: 'service', scopes: ['write'], sha256: sha256Hex(secret) }];
}

/** Reads lines of `NAME SCOPE[,SCOPE] sha256:HEX [PREFIX]`; empty ones and those that begin with # say nothing. */
function parseTokens(path: string, text: string): readonly AccessToken[] {
  return text.split(/\r?\n/).flatMap((line, at) => {
    const [name = '', scopes = '', digest = '', prefix, ...more] = line.trim().split(/\s+/);
    if (name === '' || name.startsWith('#')) return [];
    const sha256 = digest.replace(/^sha256:/, '').toLowerCase();
    if (!digest.startsWith('sha256:') || !isHexDigest(sha256) || more.length > 0)
      throw badSetting(
        SETTINGS.tokensFile.variable,
        `names ${path}, whose line ${at + 1} is no token`,
        'a file of lines NAME SCOPE[,SCOPE] sha256:HEX [PREFIX]',
      );
    const token = { name: checkTokenName(name), scopes: parseScopes(scopes), sha256 };
    return [prefix === undefined ? token : { ...token, prefix: checkPrefix(prefix) }];
  });
}
