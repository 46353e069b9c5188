import { REFUSAL_CODES } from '../events/catalog.ts';
import { nameOf, toolOf } from '../events/event-fields.ts';
import type { EventRecord } from '../events/event-line.ts';
import { UNKNOWN } from '../events/sanitize.ts';
import { entryOf } from './bounded-collections.ts';
import type { CodeFacts } from './review-facts.ts';

/** More codes are counted together, so that memory has a bound. */
const MAX_CODES = 50;
const TOOLS_NAMED = 4;

interface Collected {
  readonly hasCode: boolean;
  count: number;
  isCritical: boolean;
  last: string;
  readonly tools: Set<string>;
}

/** Groups failures, refusals and warnings by their code. */
export class FailuresByCode {
  readonly #codes = new Map<string, Collected>();

  add(event: EventRecord, code: string | undefined): void {
    const make = () => ({
      hasCode: code !== undefined,
      count: 0,
      isCritical: false,
      last: '',
      tools: new Set<string>(),
    });
    const group = entryOf<Collected>(this.#codes, code ?? nameOf(event), make, MAX_CODES, UNKNOWN);
    group.count++;
    group.isCritical ||= event.level === 'error';
    if (event.time > group.last) group.last = event.time;
    const tool = toolOf(event);
    if (tool !== undefined && group.tools.size < TOOLS_NAMED) group.tools.add(tool);
  }

  /** Returns the groups, what has a code first, then by how often. */
  facts(): CodeFacts[] {
    return [...this.#codes]
      .map(([code, { tools, ...group }]) => ({
        code,
        ...group,
        isRefusal: REFUSAL_CODES.some((refusal) => refusal === code),
        tools: [...tools],
      }))
      .sort((a, b) => Number(b.hasCode) - Number(a.hasCode) || b.count - a.count || (a.code < b.code ? -1 : 1));
  }
}
