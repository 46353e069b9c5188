import type { VariableForm } from '../dialects/dialect.ts';

const REFERENCE = /\$\{env:([A-Za-z_]\w*)\}/g;

/** Returns the names of the variables that a canonical text refers to. */
export function referencesIn(text: string): string[] {
  return [...text.matchAll(REFERENCE)].map((found) => found[1] as string);
}

/** Returns the names of what a client asks a person for, as one editor's files refer to it. */
export function questionsIn(text: string): string[] {
  return [...new Set([...text.matchAll(/\$\{input:([^}]{1,200})\}/g)].map((found) => found[1] as string))];
}

/** Returns the variable of a text that is one reference and nothing else. */
export function soleReference(text: string): string | undefined {
  return /^\$\{env:([A-Za-z_]\w*)\}$/.exec(text)?.[1];
}

/** Returns the canonical reference to a variable. */
export function reference(name: string): string {
  return `\${env:${name}}`;
}

/** Returns a canonical text in a client's words; undefined where a shell would read more into it than is meant. */
export function written(text: string, form: VariableForm): string | undefined {
  if (form.shell && text.replace(REFERENCE, '').includes('$')) return undefined;
  // A name that goes on behind the reference would be read as part of it.
  if (form.written.endsWith('NAME') && /\$\{env:\w+\}\w/.test(text)) return undefined;
  return text.replace(REFERENCE, (_, name: string) => form.written.replace('NAME', name));
}

/** Returns a client's text in canonical words. */
export function canonicalText(text: string, form: VariableForm): string {
  const pattern = form.written.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replace('NAME', '([A-Za-z_]\\w*)');
  // Shells take a variable with or without braces.
  const both = form.shell ? `${pattern}|\\$\\{([A-Za-z_]\\w*)\\}` : pattern;
  return text.replace(new RegExp(both, 'g'), (_, plain?: string, braced?: string) => reference(plain ?? braced ?? ''));
}

/** Returns true for a text in which a client, or the store, sees a reference to a variable. */
export function hasReference(text: string, form: VariableForm | undefined): boolean {
  return referencesIn(form === undefined ? text : canonicalText(text, form)).length > 0;
}
