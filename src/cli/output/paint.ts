import { randomBytes } from 'node:crypto';
import picocolors from 'picocolors';
import { spellInvisible } from '../../core/visible.ts';

const STYLES = ['bold', 'dim', 'green', 'red', 'yellow', 'cyan'] as const;

/** The styles that commands use, each applied to one text. */
export type Colors = Readonly<Record<(typeof STYLES)[number], (text: string) => string>>;

/** Styles, and what makes a text with them ready to be written. */
export interface Painter {
  readonly colors: Colors;
  /** Spells everything that could steer a terminal or hide something, except for the styles that were applied here. */
  readonly printable: (text: string) => string;
}

/**
 * Creates styles for one output. Until a text is written they stand as marks that no other text can hold, so that an escape
 * sequence in a text of others is never taken for one of ours.
 */
export function createPainter(painted: boolean): Painter {
  const mark = `\u001b<${randomBytes(8).toString('hex')}>`;
  const library = picocolors.createColors(true);
  const styled = (style: (typeof STYLES)[number]): ((text: string) => string) => {
    if (!painted) return String;
    const [open = '', close = ''] = library[style](' ').split(' ');
    return (text) => `${mark}${open.slice(1)}${text}${mark}${close.slice(1)}`;
  };
  return {
    colors: Object.fromEntries(STYLES.map((style) => [style, styled(style)])) as Colors,
    printable: (text) => {
      const [first = '', ...rest] = text.split(mark);
      // A mark is followed by the rest of its sequence, such as `[31m`.
      const ours = rest.map((part) => {
        const end = part.indexOf('m') + 1;
        return `\u001b${part.slice(0, end)}${spellInvisible(part.slice(end))}`;
      });
      return spellInvisible(first) + ours.join('');
    },
  };
}
