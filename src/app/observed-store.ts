import type { Drafts, Store } from '../store/api/store.ts';
import type { Events } from '../telemetry/events/events.ts';

/** The store, with an event for each draft and verification; commits, waits and faults it reports itself. */
export function observedStore(store: Store, events: Events): Store {
  const drafts = delegate<Drafts>(store.drafts, {
    save: async (request) => {
      const draft = await store.drafts.save(request);
      const { name, revision, digest, bytes } = draft;
      events.draftSaved({ name, revision, digest, bytes: bytes.length });
      return draft;
    },
    discard: async (name, revision) => {
      const discarded = await store.drafts.discard(name, revision);
      if (discarded) events.draftDiscarded({ name });
      return discarded;
    },
  });
  return delegate<Store>(store, {
    drafts,
    verify: async (request) => {
      const report = await store.verify(request);
      const codes = report.findings.filter(({ severity }) => severity === 'error').map(({ code }) => code);
      const { ok, checked, seconds } = report;
      events.verifyFinished({
        depth: request.depth ?? 'bytes',
        name: request.name,
        ok,
        ...checked,
        codes,
        durationMs: seconds * 1_000,
      });
      return report;
    },
  });
}

/** The object itself but for the members given; its methods keep their own `this`, private members and all. */
function delegate<Target extends object>(target: Target, members: Partial<Target>): Target {
  return new Proxy(target, {
    get(_target, property) {
      if (Object.hasOwn(members, property)) return Reflect.get(members, property);
      const member: unknown = Reflect.get(target, property, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}
