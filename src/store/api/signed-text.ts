/** A text that a commit is about to sign, and what it is: once signed, it stays in the log for ever. */
export interface SignedText {
  readonly field: 'message' | 'label' | 'reason' | 'author' | 'author_version' | 'media_type';
  readonly text: string;
}

/** Decides whether texts may be signed; throws the StoreError that says why not. Called before anything is made or signed. */
export type CheckTexts = (texts: readonly SignedText[]) => Promise<void>;
