/**
 * Holds a label or reason to the policy before anything is asked, made or signed: it would be in the log for ever.
 *
 * @throws StoreError `ARGUMENT_INVALID`, `SECRET_FOUND`
 */
export async function checkSignedTexts(texts: {
  label?: string | undefined;
  reason?: string | undefined;
}): Promise<void> {
  const { admitTexts } = await import('../../policy/policy.ts');
  await admitTexts(texts);
}
