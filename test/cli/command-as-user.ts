import { runProgram } from '../../src/cli/program/program.ts';

// The command line as another user: its first argument is the uid. Needs root.
const [uid, ...argv] = process.argv.slice(2);
process.setgroups?.([]);
process.setgid?.(Number(uid));
process.setuid?.(Number(uid));
process.exit(await runProgram(argv));
