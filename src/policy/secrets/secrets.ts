import { isShowable, type Path, showPointer } from '../../core/json/pointer.ts';
import { type CredentialMatch, findCredentialForms, mayHoldCredential } from './credential-forms.ts';
import { findServiceCredentials } from './known-services.ts';
import type { Suspicion } from './secret-names.ts';
import { findNamedSecrets, findNamedSecretsInText, stringLeaves } from './secret-values.ts';

/** A credential in clear: where, by which rule, and the variable to put there instead. Never the value. */
export interface SecretFinding {
  readonly rule: string;
  /** JSON Pointer, `line 12`, or the name of a field such as `message`; empty for the whole. */
  readonly path: string;
  /** A variable's name made of the member's, such as `GITHUB_TOKEN`. */
  readonly variable: string;
  readonly suspicion: Suspicion;
}

/** Credentials in a JSON-like value, one finding a place, in the order of the document. */
export async function findSecretsInValue(value: unknown): Promise<SecretFinding[]> {
  const places = new Places();
  const leaves = stringLeaves(value);
  const joined = leaves.map(({ text }) => text).join('\n');
  if (mayHoldCredential(joined)) {
    for (const leaf of leaves) {
      for (const { rule } of findCredentialForms(leaf.text)) {
        places.add(showPointer(leaf.path), rule, lastName(leaf.path), 'certain');
      }
    }
  }
  for (const { path, suspicion, name } of findNamedSecrets(value)) {
    places.add(showPointer(path), 'named-secret', name, suspicion);
  }
  const starts: number[] = [];
  let length = 0;
  for (const { text } of leaves) {
    starts.push(length);
    length += text.length + 1;
  }
  for (const { rule, at } of await findServiceCredentials(joined)) {
    const path = leaves[rank(starts, at)]?.path ?? [];
    places.add(showPointer(path), rule, lastName(path), 'certain');
  }
  return places.findings;
}

/** Credentials in plain text, one finding a line. */
export async function findSecretsInText(text: string): Promise<SecretFinding[]> {
  return textFindings(text, await credentialsIn(text), findNamedSecretsInText(text), (line) => `line ${line}`);
}

/** Credentials of a known form in the text of a structured format: what stands in its comments has no member of its own. */
export async function findSecretsInComments(text: string): Promise<SecretFinding[]> {
  return textFindings(text, await credentialsIn(text), [], (line) => `line ${line}`);
}

/** Credentials in a short text that is signed beside the content: a message, a label, a name. */
export async function findSecretsInField(field: string, text: string): Promise<SecretFinding[]> {
  return textFindings(text, await credentialsIn(text), findNamedSecretsInText(text), () => field);
}

async function credentialsIn(text: string): Promise<CredentialMatch[]> {
  return [...findCredentialForms(text), ...(await findServiceCredentials(text))];
}

function textFindings(
  text: string,
  credentials: readonly CredentialMatch[],
  named: ReadonlyArray<{ at: number; name: string; suspicion: Suspicion }>,
  show: (line: number) => string,
): SecretFinding[] {
  const places = new Places();
  if (credentials.length + named.length === 0) return places.findings;
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  const variables = new Map(named.map(({ at, name }) => [rank(starts, at), name]));
  for (const { rule, at } of credentials)
    places.add(show(rank(starts, at) + 1), rule, variables.get(rank(starts, at)), 'certain');
  for (const { at, name, suspicion } of named) places.add(show(rank(starts, at) + 1), 'named-secret', name, suspicion);
  return places.findings;
}

/** Keeps the first finding of each place, unless a later one is surer. */
class Places {
  readonly #found = new Map<string, SecretFinding>();

  add(path: string, rule: string, name: string | undefined, suspicion: Suspicion): void {
    const before = this.#found.get(path);
    if (before === undefined || (before.suspicion === 'likely' && suspicion === 'certain'))
      this.#found.set(path, { rule, path, variable: variableName(name), suspicion });
  }

  get findings(): SecretFinding[] {
    return [...this.#found.values()];
  }
}

/** The index of the last start that is not after `at`; `starts` ascend. */
function rank(starts: readonly number[], at: number): number {
  let low = 0;
  let high = starts.length;
  while (low + 1 < high) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] as number) <= at) low = middle;
    else high = middle;
  }
  return low;
}

function lastName(path: Path): string | undefined {
  return path.findLast((token) => typeof token === 'string');
}

function variableName(name: string | undefined): string {
  if (name === undefined || !isShowable(name)) return 'NAME';
  const variable = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^[_0-9]+|_+$/g, '');
  return variable === '' ? 'NAME' : variable;
}
