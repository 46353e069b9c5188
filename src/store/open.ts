import type { KeyId, StoreId } from '../core/digest.ts';
import { toStoreError } from '../core/errors.ts';
import { Durable } from '../disk/durable.ts';
import type { Engine } from '../engine/port.ts';
import { KeyFolder } from '../keys/folder/key-files.ts';
import { DraftRevisionsFile } from '../state/draft-revisions.ts';
import { DraftSecret } from '../state/draft-secret.ts';
import { LastVerificationFile } from '../state/last-verification.ts';
import { PinFile } from '../state/pin.ts';
import { StateFolder } from '../state/state-folder.ts';
import type { StoreObserver } from './api/observer.ts';
import type { CheckTexts } from './api/signed-text.ts';
import type { Store } from './api/store.ts';
import type { CommitRecord } from './commits/commit-record.ts';
import { DraftRules } from './drafts/drafts.ts';
import { Maintenance } from './maintain/maintenance.ts';
import { Repair } from './maintain/repair.ts';
import { Feed } from './read/feed.ts';
import { Proofs } from './read/proof.ts';
import { Reader } from './read/reader.ts';
import { Status } from './read/status.ts';
import { Preflight } from './trust/preflight.ts';
import { Signers } from './trust/signers.ts';
import { Trust } from './trust/trust.ts';
import { LogView } from './view/log-view.ts';
import { Versions } from './view/versions.ts';
import { KeyAdministration } from './write/key-administration.ts';
import { commitReceipt } from './write/receipt.ts';
import { Writer } from './write/writer.ts';

/** Options that a store is opened with. */
export interface OpenOptions {
  /** Where the log, the artifacts and the drafts are. Closed with the store. */
  readonly engine: Engine;
  /** Absolute path of the folder of key files. */
  readonly keys: string;
  /** Absolute path of the folder of what this installation knows by itself: pin, cache, secret. */
  readonly state: string;
  /** CONFIG_STORE_ID: the store id this installation accepts. */
  readonly storeId?: StoreId | undefined;
  /** CONFIG_STORE_KEY: which key signs; the newest in force by default. */
  readonly signingKey?: KeyId | undefined;
  /** The passphrase of encrypted key files, asked for at the first signature only. */
  readonly passphrase?: (() => Promise<string | undefined>) | undefined;
  /** The passphrase new keys are encrypted with, where one is configured; unlike `passphrase` it never asks a person. */
  readonly newKeyPassphrase?: (() => Promise<string | undefined>) | undefined;
  readonly observer?: StoreObserver | undefined;
  /** Decides whether the texts of a commit may be signed; everything may where it is not given. */
  readonly checkTexts?: CheckTexts | undefined;
  /** Called while many commits are taken in at the start. */
  readonly onProgress?: ((commits: number) => void) | undefined;
  /** The clock, for tests. */
  readonly now?: (() => Date) | undefined;
  /** The disk of keys and state, for fault tests. */
  readonly disk?: Durable | undefined;
}

/**
 * Opens a store. Creates nothing but, for a store of ours, its cache in `state/`; a store that does not exist yet opens as an
 * empty one.
 *
 * @throws StoreError STORE_UNREADABLE, STORE_NEWER, CORRUPT
 */
export async function openStore(options: OpenOptions): Promise<Store> {
  const { engine, observer = {}, now = () => new Date(), disk = new Durable(), newKeyPassphrase } = options;
  const { checkTexts = async () => undefined } = options;
  const { exists } = await engine.open();
  const onFault = (error: unknown) => observer.fault?.(toStoreError(error));
  const keys = new KeyFolder(options.keys, disk);
  const state = new StateFolder(options.state, disk);
  const trust = new Trust({ engine, keys, pinFile: new PinFile(state, options.keys, disk), storeId: options.storeId });
  const view = new LogView(engine.log, await Versions.open(state), trust, onFault);
  trust.watch(view);
  const since = performance.now();
  const tookInAll = await view.open(exists, options.onProgress);
  const opened = tookInAll ? { head: view.head?.id, seconds: (performance.now() - since) / 1000 } : undefined;
  await trust.compare();

  const told = (record: CommitRecord, facts: { bytes: number; durationMs: number }) => {
    const names = record.versions.map(({ name }) => name);
    const versions = record.versions.map(({ version }) => version);
    observer.committed?.(commitReceipt(record), { names, versions, keys: record.statement.keys, ...facts });
  };
  const verifications = new LastVerificationFile(state, disk);
  const proofs = new Proofs(engine.log, view.versions);
  const signers = new Signers({ view, keys, setting: options.signingKey, passphrase: options.passphrase });
  const made = (record: CommitRecord) => told(record, { bytes: 0, durationMs: 0 });
  const preflight = new Preflight({ engine, keys, now, newKeyPassphrase, checkTexts, made, view, trust, signers });
  const parts = { engine, view, trust, proofs, keys, signers, preflight, now, newKeyPassphrase, checkTexts };
  const writer = new Writer({
    ...parts,
    signingKey: (needsOwner) => signers.key(needsOwner),
    busy: (facts) => observer.busy?.(facts),
    committed: (record, facts) => {
      try {
        trust.note(record);
        told(record, facts);
      } catch (error) {
        onFault(error); // the commit is durable: its answer is success
      }
    },
  });
  const secret = new DraftSecret(state, disk);
  const drafts = new DraftRules(engine.drafts, {
    now,
    revisions: new DraftRevisionsFile(state, disk),
    prepare: (author) => preflight.pass(author),
    secret: (make) => (make ? secret.make() : Promise.resolve(secret.read())),
    onFault,
    saved: (draft) => observer.draftSaved?.(draft),
    discarded: (name) => observer.draftDiscarded?.(name),
  });
  const repair = new Repair({ ...parts, writer });
  return {
    reader: new Reader({ ...parts, objects: engine.objects }),
    writer,
    drafts,
    keys: new KeyAdministration({ ...parts, writer }),
    maintenance: new Maintenance({
      ...parts,
      repair,
      opened,
      verifications,
      now,
      damagedDrafts: () => drafts.damaged(),
      verified: (request, report) => observer.verified?.(request, report),
    }),
    feed: new Feed(parts),
    state: new Status({ ...parts, state, verifications }),
    close: async () => {
      await writer.close();
      await trust.flush();
      await view.close();
      await engine.close();
    },
  };
}
