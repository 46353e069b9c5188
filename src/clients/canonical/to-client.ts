import type { Dialect, RemoteForm, VariablePlace } from '../dialects/dialect.ts';
import type { Loss } from './loss.ts';
import { questionsIn, reference, referencesIn, soleReference, written } from './references.ts';
import type { CanonicalServer, RemoteServer, StdioServer } from './server.ts';

/** A member of an entry: its path below the entry, and its value. */
export interface Field {
  readonly path: readonly string[];
  readonly value: unknown;
  /** The canonical text with its reference, where the value of the variable itself is written. */
  readonly reference?: string;
}

/** Returns the value of a variable, where it is to be written into the file; undefined to write the reference. */
export type FillIn = (name: string) => string | undefined;

/** A server in a client's words. */
export interface Rendered {
  /** Undefined where the client cannot hold the server at all: the losses say why. */
  readonly fields: readonly Field[] | undefined;
  readonly losses: readonly Loss[];
}

/** Returns the fields that a client's file has to hold for a server, and what of it cannot be said there. */
export function toClient(dialect: Dialect, name: string, server: CanonicalServer, fillIn?: FillIn): Rendered {
  const rendering = new Rendering(dialect, name, fillIn);
  rendering.checkName();
  if (server.type === 'stdio') rendering.stdio(server);
  else rendering.remote(server);
  return rendering.result();
}

/** Returns an entry made of nothing but fields. */
export function entryOf(fields: readonly Field[]): Record<string, unknown> {
  const entry: Record<string, unknown> = {};
  for (const { path, value } of fields) {
    let at = entry;
    for (const step of path.slice(0, -1)) {
      at[step] ??= {};
      at = at[step] as Record<string, unknown>;
    }
    Object.defineProperty(at, path.at(-1) as string, { value, enumerable: true, writable: true, configurable: true });
  }
  return entry;
}

class Rendering {
  readonly #dialect: Dialect;
  readonly #name: string;
  readonly #fields: Field[] = [];
  readonly #losses: Loss[] = [];

  readonly #fillIn: FillIn | undefined;

  constructor(dialect: Dialect, name: string, fillIn: FillIn | undefined) {
    this.#dialect = dialect;
    this.#name = name;
    this.#fillIn = fillIn;
  }

  result(): Rendered {
    return { fields: this.#losses.some(({ whole }) => whole) ? undefined : this.#fields, losses: this.#losses };
  }

  checkName(): void {
    if (this.#dialect.reservedNames?.includes(this.#name))
      this.#lose('NAME_UNSUPPORTED', '', `${this.#dialect.title} keeps this name for itself`, true);
  }

  stdio({ command, args = [], env = {}, cwd }: StdioServer): void {
    const { stdio } = this.#dialect;
    this.#required(false);
    this.#put('type', stdio.type?.writes);
    const program = this.#text('command', 'command', command, true);
    const list = args.map((arg, i) => this.#text('args', `args.${i}`, arg, true));
    if (stdio.command === 'list') this.#put('command', [program, ...list]);
    else {
      this.#put(stdio.command, program);
      // goose skips an entry without args; the others take an empty list as none.
      if (list.length > 0 || stdio.command === 'cmd') this.#put('args', list);
    }
    const names: string[] = [];
    for (const [variable, value] of Object.entries(env)) {
      if (stdio.envNames !== undefined && soleReference(value) === variable && this.#filled(value) === undefined) {
        names.push(variable);
        continue;
      }
      const text = this.#text('env', `env.${variable}`, value, false);
      if (text !== undefined) this.#putText([stdio.env, variable], text, value);
    }
    if (stdio.envNames !== undefined && names.length > 0) this.#put(stdio.envNames, names);
    if (cwd === undefined) return;
    if (stdio.cwd === undefined)
      this.#lose(
        'FIELD_UNSUPPORTED',
        'cwd',
        "it takes no working folder: give the server's own option for that, or absolute paths",
        false,
      );
    else this.#put(stdio.cwd, this.#text('cwd', 'cwd', cwd, false));
  }

  remote(server: RemoteServer): void {
    const form = server.type === 'sse' ? this.#dialect.sse : this.#dialect.http;
    if (form === undefined)
      return this.#lose('TRANSPORT_UNSUPPORTED', '', `its file cannot hold a server over ${server.type}`, true);
    this.#required(true);
    this.#put(this.#dialect.typeMember ?? 'type', form.type?.writes);
    this.#put(form.url[0], this.#text('url', 'url', server.url, true));
    const used = new Set(referencesIn(server.url));
    for (const [header, value] of Object.entries(server.headers ?? {})) {
      if (this.#byName(form, header, value)) continue;
      const text = this.#text('headers', `headers.${header}`, value, false);
      if (text === undefined) continue;
      for (const name of referencesIn(value)) used.add(name);
      this.#putText([...form.headers[0].split('.'), header], text, value);
    }
    if (form.variableNames !== undefined && used.size > 0) this.#put(form.variableNames, [...used]);
  }

  /** Some clients take the name of a variable in the place of a reference to it. */
  #byName(form: RemoteForm, header: string, value: string): boolean {
    const bearer = /^Bearer (.+)$/.exec(value)?.[1];
    const token = bearer === undefined ? undefined : soleReference(bearer);
    if (form.bearerName !== undefined && header.toLowerCase() === 'authorization' && token !== undefined) {
      this.#put(form.bearerName, token);
      return true;
    }
    const sole = soleReference(value);
    if (form.headerNames === undefined || sole === undefined) return false;
    this.#fields.push({ path: [form.headerNames, header], value: sole });
    return true;
  }

  #required(remote: boolean): void {
    const { all, remote: more } = this.#dialect.required ?? {};
    for (const [member, value] of Object.entries({ ...all, ...(remote ? more : undefined) }))
      this.#put(member, value === '{name}' ? this.#name : value);
  }

  #put(member: string, value: unknown): void {
    if (value !== undefined) this.#fields.push({ path: [member], value });
  }

  #putText(path: readonly string[], value: string, canonical: string): void {
    this.#fields.push({ path, value, ...(this.#filled(canonical) !== undefined && { reference: canonical }) });
  }

  /** The text with the values of all its variables; undefined where one is not to be written. */
  #filled(text: string): string | undefined {
    const names = referencesIn(text);
    const values = names.map((name) => this.#fillIn?.(name));
    if (names.length === 0 || values.includes(undefined)) return undefined;
    return names.reduce((filled, name, i) => filled.replaceAll(reference(name), () => values[i] as string), text);
  }

  /** A text in the client's words; undefined, with a loss, where it refers to a variable that is not expanded there. */
  #text(place: VariablePlace, field: string, text: string, whole: boolean): string | undefined {
    const { variables } = this.#dialect;
    if (isForeignReference(this.#dialect, text)) {
      this.#lose('VARIABLE_UNSUPPORTED', field, 'it refers to something that only another client knows', whole);
      return undefined;
    }
    const filled = place === 'env' || place === 'headers' ? this.#filled(text) : undefined;
    if (filled !== undefined) return filled;
    if (referencesIn(text).length === 0 && variables?.shell !== true) return text;
    if (variables?.where.includes(place)) {
      const result = written(text, variables);
      if (result !== undefined) return result;
      this.#lose('VARIABLE_UNSUPPORTED', field, 'a shell there would read more into its $ than is meant', true);
      return undefined;
    }
    this.#lose('VARIABLE_UNSUPPORTED', field, 'it expands no variables there, so the server would get the text', whole);
    return undefined;
  }

  #lose(code: Loss['code'], field: string, message: string, whole: boolean): void {
    this.#losses.push({ code, client: this.#dialect.client, server: this.#name, field, message, whole });
  }
}

/** Questions to the person are known to one editor, defaults to clients with the variables of a shell. */
function isForeignReference({ questions, variables }: Dialect, text: string): boolean {
  if (questions === undefined && questionsIn(text).length > 0) return true;
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the form that files have.
  return /\$\{\w+:-/.test(text) && variables?.written !== '${NAME}' && variables?.shell !== true;
}
