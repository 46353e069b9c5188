import { prepareStorage } from '../../../app/stores/database.ts';
import type { CommandDefinition } from '../../program/command.ts';

/** `config-store storage prepare`: the only thing that changes what a database consists of. */
export const prepare: CommandDefinition<{ writer?: string; reader?: string }> = {
  options: [
    { flags: '--writer <role>', meaning: 'role of the database that may read and append' },
    { flags: '--reader <role>', meaning: 'role of the database that may only read' },
  ],
  examples: ['config-store storage prepare --storage postgres://db/config --writer app'],
  notes:
    'Run it as the owner of the database, once and after an upgrade; again does no harm. Installations use the role of --writer, which can neither change nor remove what is in the log.',
  run: async ({ settings, output }, roles) => {
    const done = await prepareStorage(settings(), roles);
    const granted = Object.entries(roles)
      .filter(([as]) => as === 'writer' || as === 'reader')
      .map(([as, role]) => `  ${role} is a ${as}`);
    await output.result(done, () => [
      done.before === done.after
        ? `prepared already: ${done.storage}`
        : `${done.before === 0 ? 'prepared' : `brought from version ${done.before} to ${done.after}`}: ${done.storage}`,
      ...granted,
      ...(done.left.length === 0
        ? []
        : ['  left to an administrator of the roles:', ...done.left.map((statement) => `    ${statement};`)]),
    ]);
    return undefined;
  },
};
