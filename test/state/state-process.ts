import process from 'node:process';
import { sha256Hex } from '../../src/core/digest.ts';
import { DraftSecret } from '../../src/state/draft-secret.ts';
import { PinFile } from '../../src/state/pin.ts';
import { StateFolder } from '../../src/state/state-folder.ts';

// One of several processes that use a state folder at once: makes the secret, raises the pin step by step, prints the secret.
const [path = '', keys = '', first = '', count = ''] = process.argv.slice(2);
const folder = new StateFolder(path);
const secret = await new DraftSecret(folder).make();
const pins = new PinFile(folder, keys);
for (let index = Number(first); index < Number(first) + Number(count); index++)
  await pins.raise({ store: sha256Hex('store'), index, commit: sha256Hex(`commit ${index}`) });
process.stdout.write(Buffer.from(secret ?? []).toString('hex'));
