import type { Guidance } from '../../core/advice.ts';
import type { ReviewFacts } from './review-facts.ts';

/** A sentence in which the names of servers, configs and keys stand out. */
export type Phrase = ReadonlyArray<string | { readonly name: string }>;

/** One commit of the signed log, in words. */
export interface LogChange {
  readonly index: number;
  readonly commit: string;
  /** RFC 3339. */
  readonly time: string;
  /** Who made it, as the commit claims. */
  readonly who: string;
  readonly did: Phrase;
  /** The client it came from; absent where that is `who` itself, or not known. */
  readonly from?: string | undefined;
  readonly message: string;
  /** The key that signed it: its label, or the beginning of its id. */
  readonly key: string;
  /** False where the signature is of no key in force. */
  readonly isVerified: boolean;
}

/** The changes of a time, from the signed log. */
export interface LogChanges {
  /** Newest first; so many as are listed. */
  readonly listed: readonly LogChange[];
  readonly total: number;
  /** True when there are more than were counted. */
  readonly isMore: boolean;
  /** How many configs they changed, of those that were counted. */
  readonly configs: number;
  /** Where there is none in this time: the newest of all. */
  readonly newest?: LogChange | undefined;
}

/** One thing that a person should look at. */
export interface AttentionItem extends Guidance {
  readonly severity: 'error' | 'warning' | 'info';
  /** In a few words, without a full stop. */
  readonly title: string;
  /** The names, places and programs it is about. */
  readonly details?: readonly string[] | undefined;
}

/** Which store it is about, and the care it got. */
export interface LookedAtStore {
  readonly store?: string | undefined;
  readonly host?: string | undefined;
  readonly folder?: string | undefined;
  /** When a verification of the whole store last passed, RFC 3339. */
  readonly verified?: string | undefined;
  /** When the newest backup that is known was made, RFC 3339. */
  readonly backup?: string | undefined;
}

/** The parts that people look at first: changes, and whatever needs them. */
export interface LookBack {
  /** Absent where the log cannot be read, or the review is of one tool only. */
  readonly changes?: LogChanges | undefined;
  readonly attention: readonly AttentionItem[];
  readonly store: LookedAtStore;
}

/** Everything since a person last looked. */
export interface SinceLastLook extends LookBack {
  /** RFC 3339; absent at the first look, which covers the whole review. */
  readonly lastLook?: string | undefined;
  readonly facts: ReviewFacts;
  readonly nowMs: number;
}

/** Returns a phrase as plain text. */
export function phraseText(phrase: Phrase): string {
  return phrase.map((part) => (typeof part === 'string' ? part : part.name)).join('');
}

/** Returns a change as one sentence: `ada added server github to cursor/default, from Claude Desktop`. */
export function changeText({ who, did, from }: LogChange): string {
  return `${who} ${phraseText(did)}${from === undefined ? '' : `, from ${from}`}`;
}

const STEPS: ReadonlyArray<readonly [unit: string, ms: number]> = [
  ['year', 365 * 86_400_000],
  ['month', 30 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** Returns `2 hours ago`; `just now` for less than a minute, and for what a clock that is ahead dated later. */
export function ago(time: string, nowMs: number): string {
  const ms = nowMs - Date.parse(time);
  const step = STEPS.find(([, length]) => ms >= length);
  if (step === undefined) return 'just now';
  const number = Math.floor(ms / step[1]);
  return `${number} ${step[0]}${number === 1 ? '' : 's'} ago`;
}
