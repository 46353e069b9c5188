import { spellLine } from '../../../core/visible.ts';
import type { StoreStatus } from '../../../store/api/state.ts';
import { type StatusResult, showStatus } from '../../../verbs/store/show-status.ts';
import { guide, noticeText } from '../../output/advice.ts';
import { errorLine, type Output } from '../../output/output.ts';
import { pairs } from '../../output/table.ts';
import type { CommandDefinition } from '../../program/command.ts';

const ANCHORS: Readonly<Record<StoreStatus['anchor'], string>> = {
  pin: 'the pin of this installation names this store',
  setting: 'CONFIG_STORE_ID names this store',
  key: "this store's first key is in the keys folder",
  none: 'nothing here says whose store this is: what is read cannot be vouched for',
  foreign: 'this is another store than the one this installation knows',
};

/** `config-store status`: what store this is, where, and in what state; it checks nothing. */
export const status: CommandDefinition = {
  examples: ['config-store status', 'config-store status --json'],
  notes: '"config-store health" tries whether it works; "config-store verify" checks every byte.',
  run: async ({ context, output }) => {
    const state = await showStatus(context);
    const { writable, notices, ...facts } = state;
    const refused = writable && { code: writable.code, message: writable.message, hint: guide(writable) };
    await output.result(
      { ...facts, warnings: notices.map(noticeText), writable: refused === undefined, writesRefused: refused },
      () => render(state, output),
    );
    return undefined;
  },
};

function render(state: StatusResult, { colors }: Output): string[] {
  const { head, pin, keys, paths, version } = state;
  const rows: Array<readonly [string, string]> = [
    ['store', state.store ?? `no store yet at ${state.location}: the first put makes it`],
    ['location', state.location],
    ['head', head === undefined ? '-' : `${head.index}  ${head.commit}`],
    ['configs', `${state.configs}`],
    ['anchor', state.store === undefined ? '-' : ANCHORS[state.anchor]],
    ['pin', pin === undefined ? '-' : `${pin.index}  ${pin.commit}`],
    ['signs with', state.signingKey ?? '-'],
    ...keys.map(
      (key) =>
        [
          'key',
          `${key.keyId}  ${key.role}, ${key.state}${key.present ? '' : ', not here'}  ${key.label}`.trimEnd(),
        ] as const,
    ),
    ['storage', state.storageAt],
    ['keys', paths.keys],
    ['state', paths.state],
    ['telemetry', paths.telemetry],
    ['version', version],
  ];
  return [
    ...pairs(rows),
    ...state.notices.map((notice) => colors.yellow(`warning: ${spellLine(noticeText(notice))}`)),
    ...(state.writable === undefined || state.store === undefined
      ? []
      : [colors.red(errorLine(state.writable).replace('config-store', 'writes refused'))]),
  ];
}
