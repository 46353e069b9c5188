import type { Author, KeyChange } from '../../core/commit/statement.ts';
import type { SignedText } from '../api/signed-text.ts';
import type { ChangeRequest, CommitRequest } from '../api/writer.ts';

/**
 * Lists every text of a request that its commit would sign, but for names and content. The message comes last, because some
 * messages repeat a label: what is wrong is then said of the label.
 */
export function textsOf({ message, author, changes, keys = [] }: CommitRequest): SignedText[] {
  return [
    ...keys.flatMap(keyTexts),
    ...changes.flatMap(changeTexts),
    ...authorTexts(author),
    { field: 'message', text: message },
  ];
}

/** Lists what is signed of an author. */
export function authorTexts({ name, version }: Author): SignedText[] {
  return [
    { field: 'author', text: name },
    { field: 'author_version', text: version },
  ];
}

function changeTexts(change: ChangeRequest): SignedText[] {
  if (change.action === 'put') return [{ field: 'media_type', text: change.mediaType }];
  return change.action === 'purge' ? [{ field: 'reason', text: change.reason }] : [];
}

function keyTexts(key: KeyChange): SignedText[] {
  if (key.action === 'add') return [{ field: 'label', text: key.label }];
  return key.action === 'retire' ? [] : [{ field: 'reason', text: key.reason }];
}
