import { contentKind } from '../core/content/media-type.ts';
import { STRUCTURE_LIMITS } from '../core/content/structure-limits.ts';
import { scanJson } from '../core/json/strict-json.ts';
import { hasInvisible } from '../core/visible.ts';
import type { Candidate, PolicyFinding } from './finding.ts';
import type { ReadContent } from './syntax.ts';

/** How many lines with invisible characters are named. */
const LINES_NAMED = 10;

/** Remarks on content that can be stored, and may not be what a reader takes it for. */
export function contentRemarks({ mediaType, bytes }: Candidate, content: ReadContent): PolicyFinding[] {
  const kind = contentKind(mediaType);
  const isStructured = kind !== 'text' && kind !== 'binary';
  const remarks: PolicyFinding[] = [];
  if (isStructured && content.form === 'text') {
    const { bytes: most, nodes } = STRUCTURE_LIMITS;
    remarks.push({
      code: 'NOT_READ_AS_STRUCTURE',
      path: '',
      message: `more than ${most} bytes or ${nodes} values (this has ${bytes.length} bytes) are compared and searched as lines of text`,
    });
  }
  if (kind === 'json' && content.form === 'value') {
    for (const path of scanJson(content.text, { anyNumber: true }).rounded)
      remarks.push({ code: 'NUMBER_ROUNDED', path, message: 'many readers round this number; it is stored as it is' });
  }
  if (kind !== 'binary') remarks.push(...invisibleLines(content.text));
  return remarks;
}

function invisibleLines(text: string): PolicyFinding[] {
  // A byte order mark at the beginning is a custom of some editors.
  const rest = text.replace(/^\uFEFF/, '');
  if (!hasInvisible(rest)) return [];
  const found: PolicyFinding[] = [];
  for (const [index, line] of rest.split('\n').entries()) {
    if (found.length >= LINES_NAMED) break;
    if (hasInvisible(line))
      found.push({
        code: 'INVISIBLE_CHARACTER',
        path: `line ${index + 1}`,
        message: 'a character that is not seen stands here: look at it in a comparison, where it is written out',
      });
  }
  return found;
}
