import type { Guidance } from '../../core/advice.ts';
import { snakeCase } from '../../core/case.ts';
import type { Notice } from '../../core/notice.ts';
import { spellLine } from '../../core/visible.ts';
import { guide, noticeText } from '../advice.ts';

/** The result of every verb: a record in camelCase with a one-line summary. */
export interface VerbResult {
  readonly summary: string;
  /** The next step, where there is one. */
  readonly next?: Guidance | undefined;
  /** Why the answer is doubtful. */
  readonly notices?: readonly Notice[] | undefined;
}

/** How the result of one verb becomes the result of a tool; without members it is its summary and next step. */
export interface Rendering<Result> {
  /** The text between the summary and the next step. */
  readonly text?: (result: Result) => string | undefined;
  /** Members of the structured content that differ from those of the result. */
  readonly structured?: (result: Result) => Readonly<Record<string, unknown>>;
}

/** The two parts of a tool's result. */
export interface Rendered {
  /** For people, and for clients that pass on nothing but text. */
  readonly text: string;
  /** In snake_case. */
  readonly structured: Readonly<Record<string, unknown>>;
}

/** The rendering of a result that has nothing to list. */
export const summaryOnly: Rendering<VerbResult> = {};

/** Renders the result of a verb: all of it as structured content; summary, warnings, body and next step as text. */
export function render<Result extends VerbResult>(result: Result, { text, structured }: Rendering<Result>): Rendered {
  const { summary: said, next: guidance, notices = [], ...rest } = result;
  // Texts of others may be in them, and must not begin a line of their own.
  const summary = spellLine(said);
  const next = guidance === undefined ? '' : spellLine(guide(guidance));
  const warnings = notices.map((notice) => spellLine(noticeText(notice)));
  const parts = [summary, ...warnings.map((warning) => `Warning: ${warning}`), text?.(result), next];
  return {
    text: parts.filter((part) => part !== undefined && part !== '').join('\n\n'),
    structured: snakeCase({
      summary,
      ...(next !== '' && { next }),
      ...rest,
      ...(warnings.length > 0 && { warnings }),
      ...structured?.(result),
    }) as Record<string, unknown>,
  };
}
