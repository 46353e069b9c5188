import type { CommandDefinition } from '../command.ts';
import { printable } from '../output.ts';

/** `config-store health`: tries whether the store can serve, write and sign; exits 0 or 1 only. */
export const health: CommandDefinition = {
  examples: ['config-store health', 'config-store health --json'],
  run: async (environment) => {
    const report = await environment.health({ probeDisk: true });
    const { colors } = environment.output;
    await environment.output.result(report, () => [
      report.ok ? colors.green(printable(report.summary)) : colors.red(printable(report.summary)),
      ...report.checks.flatMap(({ name, ok, message, hint }) => [
        `  ${ok ? colors.green('ok    ') : colors.red('failed')}  ${name}: ${printable(message)}`,
        ...(ok || hint === undefined ? [] : [colors.dim(`          ${printable(hint)}`)]),
      ]),
    ]);
    return report.ok ? undefined : 1;
  },
};
