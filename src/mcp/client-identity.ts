import type { ClientInfo } from './observer.ts';

/** Stands for a name or version that holds a credential. */
const WITHHELD = 'withheld';
/** Longer claims are not remembered. */
const MAX_CLAIM_CHARS = 400;

/**
 * Who speaks to the server, as it may be signed, shown and logged. A name or version that holds a credential would be
 * in the log forever, so it is replaced.
 */
export class ClientIdentity {
  #current: ClientInfo = { name: 'unknown', version: 'unknown' };
  #claimed: ClientInfo = this.#current;
  #meeting: Promise<ClientInfo> = Promise.resolve(this.#current);
  readonly #onNew: ((client: ClientInfo) => void) | undefined;

  /** @param onNew called with each client that was not there before, as it may be shown */
  constructor(onNew?: (client: ClientInfo) => void) {
    this.#onNew = onNew;
  }

  /** The client of the newest request. */
  get current(): ClientInfo {
    return this.#current;
  }

  /** Takes in what a request says of its client; `undefined` changes nothing. Never fails. */
  async meet(claimed: ClientInfo | undefined): Promise<ClientInfo> {
    if (claimed === undefined || isSame(claimed, this.#claimed)) return this.#meeting;
    this.#claimed = claimed;
    this.#meeting = this.#take(claimed);
    return this.#meeting;
  }

  async #take(claimed: ClientInfo): Promise<ClientInfo> {
    const current = await cleaned(claimed);
    if (claimed !== this.#claimed) return current; // another client spoke meanwhile
    this.#current = current;
    this.#onNew?.(current);
    return current;
  }
}

/** Clients that were met before: over HTTP every request says who asks. */
const CLEANED = new Map<string, ClientInfo>();
const MAX_CLEANED = 1_000;

async function cleaned(claimed: ClientInfo): Promise<ClientInfo> {
  const key = JSON.stringify([claimed.name, claimed.version]);
  const known = key.length > MAX_CLAIM_CHARS ? undefined : CLEANED.get(key);
  if (known !== undefined) return known;
  const { holdsSecret } = await import('../verbs/shared/admission.ts');
  const clean = async (text: string) => ((await holdsSecret(text)) ? WITHHELD : text);
  const client = { name: await clean(claimed.name), version: await clean(claimed.version) };
  if (CLEANED.size >= MAX_CLEANED) CLEANED.clear();
  if (key.length <= MAX_CLAIM_CHARS) CLEANED.set(key, client);
  return client;
}

function isSame(one: ClientInfo, other: ClientInfo): boolean {
  return one.name === other.name && one.version === other.version;
}
