import { count } from '../../../verbs/shared/text.ts';
import { startProgress } from '../../output/progress.ts';
import type { CommandDefinition } from '../../program/command.ts';

interface CopyInput {
  readonly from: string;
  readonly to: string;
  readonly drafts?: boolean;
  readonly move?: boolean;
}

/** `config-store copy FROM TO` */
export const copy: CommandDefinition<CopyInput> = {
  arguments: [
    { syntax: '<from>', meaning: 'storage of a store: postgres://…, file:///… or a folder', completes: 'files' },
    { syntax: '<to>', meaning: 'an empty storage, or one with the beginning of this store', completes: 'files' },
  ],
  options: [
    { flags: '--drafts', meaning: 'drafts too' },
    { flags: '--move', meaning: 'leave the source read-only: two that are written on become two stores' },
  ],
  examples: [
    'config-store copy var/storage postgres://config_writer@db.example.org/config',
    'config-store copy --move postgres://owner@db/config /srv/store/storage',
  ],
  notes:
    'Every commit is verified and every artifact hashed on the way; a copy that was cut short goes on. Keys, state and telemetry stay where they are.',
  run: async ({ settings, output }, { from, to, drafts = false, move = false }) => {
    const { copyBetween } = await import('../../../app/stores/copy-between.ts');
    const progress = await startProgress(output, 'copying');
    try {
      const done = await copyBetween(settings(), { from, to, drafts, move, onProgress: progress.update });
      progress.stop();
      const { commits, artifacts } = done.copied;
      const andDrafts = drafts ? ` and ${count(done.copied.drafts, 'draft')}` : '';
      await output.result(done, () => [
        `copied ${count(commits, 'commit')}, ${count(artifacts, 'artifact')}${andDrafts} to ${done.to}`,
        `  both end at commit ${done.head.index}  ${done.head.commit}`,
        ...(move ? [`  ${done.from} is read-only now`] : []),
      ]);
    } finally {
      progress.stop();
    }
    return undefined;
  },
};
