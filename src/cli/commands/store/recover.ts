import { shortId } from '../../../core/short-id.ts';
import { spellLine } from '../../../core/visible.ts';
import type { LostVersion } from '../../../store/api/maintenance.ts';
import { type LostCommitPlan, planRecovery, recoverable, recoverBranch } from '../../../verbs/store/recover-branch.ts';
import { confirm, YES } from '../../input/confirm.ts';
import type { Output } from '../../output/output.ts';
import { formatSize } from '../../output/table.ts';
import { warnOfDoubt } from '../../output/warn-unverified.ts';
import type { CommandDefinition } from '../../program/command.ts';

/** `config-store recover`: puts back what commits hold that lost their place in the log. */
export const recover: CommandDefinition<{ yes?: boolean }> = {
  options: [YES],
  examples: ['config-store recover'],
  notes:
    'A tool that copies the storage between machines (Syncthing, Dropbox, iCloud) keeps one of two changes made at once, and renames the other.\nThis finds such commits in conflict copies, at the end of the log and in storage/quarantine/, shows them, and stores their versions again on top of what there is.\nNothing is deleted: the copies are in storage/quarantine/ afterwards.',
  endsItself: true,
  run: async (environment, { yes = false }) => {
    const { context, output } = environment;
    await warnOfDoubt(environment);
    const commits = await planRecovery(context);
    const lost = commits.filter((commit) => recoverable(commit).length > 0);
    if (lost.length === 0) {
      await output.result({ recovered: [], moved_aside: 0 }, () => [
        'nothing to recover: no commit of this store is anywhere but in its log, or what it holds is there again',
        ...commits.flatMap((commit) => show(commit, output)),
      ]);
      return undefined;
    }
    const versions = lost.reduce((sum, commit) => sum + recoverable(commit).length, 0);
    if (!output.json) await output.text(`${commits.flatMap((commit) => show(commit, output)).join('\n')}\n`);
    await confirm(`Store ${versions === 1 ? 'that version' : `those ${versions} versions`} again, as the newest?`, yes);
    const done = await recoverBranch(context, { commits });
    await output.result(done, () => [
      ...done.recovered.flatMap(({ receipt, versions }) =>
        versions.map(
          ({ name, was, version }) =>
            `${name}: the lost version ${was} is version ${version} (commit ${receipt.index})`,
        ),
      ),
      ...(done.movedAside > 0
        ? [`moved ${done.movedAside} ${done.movedAside === 1 ? 'copy' : 'copies'} to quarantine/`]
        : []),
    ]);
    return undefined;
  },
};

function show(
  { index, commit, time, message, author, key, where, versions, others, forks }: LostCommitPlan,
  output: Output,
): string[] {
  const isRevoked = key.state === 'revoked';
  const signer = `${shortId(key.keyId)} ${key.label}${key.state === 'active' ? '' : `, ${key.state}`}`.trim();
  return [
    `commit ${index}  ${shortId(commit)}  ${output.time(time)}  by ${author.name}, key ${signer}${message === '' ? '' : `  "${message}"`}`,
    ...where.map((path) => `  in ${path}`),
    forks
      ? `  the log forked here: it has another commit ${index} with the same predecessor`
      : '  it follows a lost commit',
    ...versions.map(
      (version) =>
        `  ${version.name} version ${version.version}, ${formatSize(version.size)}: ${isRevoked && version.state === 'lost' ? 'not stored again, its key is revoked' : outcome(version)}`,
    ),
    ...(others > 0 ? [`  ${others} changes of keys or purges, which are not put back`] : []),
  ].map(spellLine);
}

function outcome({ state }: LostVersion): string {
  switch (state) {
    case 'lost':
      return 'can be stored again';
    case 'there':
      return 'is there already';
    case 'missing':
      return 'its bytes are not here; they are on the machine that wrote it';
    case 'deletion':
      return 'a deletion, which is not repeated';
  }
}
