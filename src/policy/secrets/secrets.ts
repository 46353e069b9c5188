import { isShowable, type Path, showPointer } from '../../core/json/pointer.ts';
import { type CredentialMatch, findCredentialForms, mayHoldCredential } from './credential-forms.ts';
import { findServiceCredentials } from './known-services.ts';
import { findNamedSecretsInText } from './named-in-text.ts';
import type { Suspicion } from './named-values.ts';
import { findNamedSecrets, type Leaf, stringLeaves } from './secret-values.ts';
import { decodedRuns, withoutEscapes } from './spellings.ts';

/** A credential in clear: where, by which rule, and the variable to put there instead. Never the value. */
export interface SecretFinding {
  readonly rule: string;
  /** JSON Pointer, `line 12`, or the name of a field such as `message`; empty for the whole. */
  readonly path: string;
  /** A variable's name made of the member's, such as `GITHUB_TOKEN`. */
  readonly variable: string;
  readonly suspicion: Suspicion;
}

/** How deep documents and encoded runs inside strings are followed. */
const MAX_NESTING = 3;
/** The shortest string that may be a document of its own. */
const MIN_DOCUMENT_CHARS = 8;

/** Credentials in a JSON-like value, one finding a place, in the order of the document. */
export async function findSecretsInValue(value: unknown): Promise<SecretFinding[]> {
  const places = new Places();
  await searchValue(value, places, [], 0);
  return places.findings;
}

/** Credentials in plain text, one finding a line. */
export async function findSecretsInText(text: string): Promise<SecretFinding[]> {
  return findSecretsByLine(text, (line) => `line ${line}`);
}

/** Finds credentials in a short text that is signed next to the content: a message, a label, a name. */
export async function findSecretsInField(field: string, text: string): Promise<SecretFinding[]> {
  return findSecretsByLine(text, () => field);
}

/** Words, or a version, too short for any credential, and without a name in front of a value. */
const PLAIN = /^(?=.{0,16}$)(?!xox)(?:[A-Za-z]+(?:[._-][A-Za-z]+)*|\d+(?:\.\d+)*)?$/;

/** True when a text holds a credential: for what is shown or kept, and need not be stored. */
export async function holdsSecret(text: string): Promise<boolean> {
  if (PLAIN.test(text)) return false; // most names of clients, before the first answer: the expressions take longer to compile
  return (await findSecretsInText(text)).some(({ suspicion }) => suspicion !== 'possible');
}

/**
 * Credentials of a known form in the whole text of a structured document whose values and comments were searched before: what
 * stands in tags, anchors and directives. A credential that one of `values` holds was found there.
 */
export async function findSecretsBetweenValues(text: string, values: readonly Leaf[]): Promise<SecretFinding[]> {
  if (!mayHoldCredential(text)) return [];
  const places = new Places();
  const starts = lineStarts(text);
  const joined = values.map((leaf) => leaf.text).join('\n');
  for (const { rule, at, length } of findCredentialForms(text)) {
    if (length > 1 && !joined.includes(text.slice(at, at + length)))
      places.add(`line ${rank(starts, at) + 1}`, rule, undefined, 'certain');
  }
  return places.findings;
}

async function searchValue(value: unknown, places: Places, under: Path, nesting: number): Promise<void> {
  const leaves = stringLeaves(value);
  const at = (path: Path) => showPointer([...under, ...path]);
  await searchLeaves(leaves, places, at);
  for (const { path, suspicion, name } of findNamedSecrets(value))
    places.add(at(path), 'named-secret', name, suspicion);
  if (nesting >= MAX_NESTING) return;
  const plain = leaves.map((leaf) => ({ ...leaf, text: withoutEscapes(leaf.text) }));
  const unescaped = plain.filter((leaf): leaf is Leaf => leaf.text !== undefined);
  if (unescaped.length > 0) {
    await searchLeaves(unescaped, places, at);
    for (const { path, text } of unescaped)
      for (const { name, suspicion } of findNamedSecretsInText(text))
        places.add(at(path), 'named-secret', name, suspicion);
  }
  for (const { path, text } of leaves) {
    if (text.length < MIN_DOCUMENT_CHARS) continue;
    const inner = documentIn(text);
    if (inner !== undefined) await searchValue(inner, places.at(at(path)), [], nesting + 1);
    for (const run of decodedRuns(text)) await searchRun(run.text, places.at(at(path)), nesting + 1, lastName(path));
  }
}

async function searchLeaves(leaves: readonly Leaf[], places: Places, at: (path: Path) => string): Promise<void> {
  const joined = leaves.map(({ text }) => text).join('\n');
  if (mayHoldCredential(joined)) {
    for (const leaf of leaves) {
      for (const { rule } of findCredentialForms(leaf.text))
        places.add(at(leaf.path), rule, lastName(leaf.path), 'certain');
    }
  }
  const found = await findServiceCredentials(joined);
  if (found.length === 0) return;
  const starts: number[] = [];
  let length = 0;
  for (const { text } of leaves) {
    starts.push(length);
    length += text.length + 1;
  }
  for (const { rule, at: offset } of found) {
    const path = leaves[rank(starts, offset)]?.path ?? [];
    places.add(at(path), rule, lastName(path), 'certain');
  }
}

async function findSecretsByLine(text: string, show: (line: number) => string): Promise<SecretFinding[]> {
  const places = new Places();
  await searchText(text, places, show, 0);
  const plain = withoutEscapes(text);
  if (plain !== undefined) await searchText(plain, places, show, 0);
  return places.findings;
}

async function searchText(
  text: string,
  places: Places,
  show: (line: number) => string,
  nesting: number,
): Promise<void> {
  const named = findNamedSecretsInText(text);
  const credentials: CredentialMatch[] = [...findCredentialForms(text), ...(await findServiceCredentials(text))];
  const runs = nesting >= MAX_NESTING ? [] : decodedRuns(text);
  if (credentials.length + named.length + runs.length === 0) return;
  const starts = lineStarts(text);
  const lineOf = (offset: number) => show(rank(starts, offset) + 1);
  const variables = new Map(named.map(({ at, name }) => [lineOf(at), name]));
  for (const { rule, at } of credentials) places.add(lineOf(at), rule, variables.get(lineOf(at)), 'certain');
  for (const { at, name, suspicion } of named) places.add(lineOf(at), 'named-secret', name, suspicion);
  for (const run of runs)
    await searchRun(run.text, places.at(lineOf(run.at)), nesting + 1, variables.get(lineOf(run.at)));
}

/** Returns the text that a run of base64 spells; everything in it is found at the place of the run. */
async function searchRun(text: string, places: Places, nesting: number, name: string | undefined): Promise<void> {
  const before = places.findings.length;
  const inner = documentIn(text);
  if (inner !== undefined) await searchValue(inner, places, [], nesting);
  else await searchText(text, places, () => '', nesting);
  if (name !== undefined && places.findings.length > before) places.rename(name);
}

/** The document in a text that is one in JSON although nothing says so; `undefined` when it is none. */
export function documentIn(text: string): unknown {
  if (!/^[\s\uFEFF]*[[{]/.test(text) || !/[\]}]\s*$/.test(text)) return undefined;
  try {
    return JSON.parse(text.replace(/^\s*\uFEFF/, ''));
  } catch {
    // It was only a guess: the text is searched as text then.
    return undefined;
  }
}

/** Keeps the first finding of each place, unless a later one is surer. */
class Places {
  readonly #found: Map<string, SecretFinding>;
  readonly #fixed: string | undefined;

  constructor(found = new Map<string, SecretFinding>(), fixed?: string) {
    this.#found = found;
    this.#fixed = fixed;
  }

  /** The same findings, with every place shown as this one. */
  at(path: string): Places {
    return new Places(this.#found, this.#fixed ?? path);
  }

  add(place: string, rule: string, name: string | undefined, suspicion: Suspicion): void {
    const path = this.#fixed ?? place;
    const before = this.#found.get(path);
    if (before === undefined || GRADES.indexOf(suspicion) < GRADES.indexOf(before.suspicion))
      this.#found.set(path, { rule, path, variable: variableName(name), suspicion });
  }

  /** Proposes the variable after the name outside an encoded run, which says more than one inside it. */
  rename(name: string): void {
    const finding = this.#fixed === undefined ? undefined : this.#found.get(this.#fixed);
    if (finding !== undefined) this.#found.set(finding.path, { ...finding, variable: variableName(name) });
  }

  get findings(): SecretFinding[] {
    return [...this.#found.values()];
  }
}

const GRADES: readonly Suspicion[] = ['certain', 'likely', 'possible'];

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
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
