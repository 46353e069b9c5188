import { replaceTarget } from '../../src/clients/target/replace-target.ts';
import { readTarget } from '../../src/clients/target/target-file.ts';

// Adds a space to a file as `install` would write it, and prints how that went.
const target = await readTarget(process.argv[2] ?? '');
process.stdout.write(JSON.stringify(await replaceTarget(target, `${target.text} `)));
