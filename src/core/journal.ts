/** The lines of a journal: append-only, one JSON object each, the plan first. */
export type JournalEntry<P> =
  | { readonly type: 'plan'; readonly at: string; readonly plan: P; readonly owner: ProcessId }
  | { readonly type: 'resumed'; readonly at: string; readonly owner: ProcessId }
  | { readonly type: 'started'; readonly at: string; readonly step: string }
  | { readonly type: 'done'; readonly at: string; readonly step: string }
  | {
      readonly type: 'failed';
      readonly at: string;
      readonly step: string;
      readonly what: string;
      readonly code?: string;
    }
  | { readonly type: 'aborting'; readonly at: string; readonly owner: ProcessId }
  | { readonly type: 'closed'; readonly at: string; readonly outcome: 'done' | 'aborted' };

/** Every type of line there is. A journal with another one was written by a newer tagship. */
const TYPES: Readonly<Record<JournalEntry<unknown>['type'], true>> = {
  plan: true,
  resumed: true,
  started: true,
  done: true,
  failed: true,
  aborting: true,
  closed: true,
};

/**
 * Which tagship wrote these lines: one that this one understands, the plan first, or another.
 * @param schema that plans of this kind have now
 */
export function journalOrigin(kind: string, schema: number, entries: readonly unknown[]): 'own' | 'older' | 'newer' {
  if (entries.length === 0) return 'own';
  const types = entries.map((entry) => (entry as { type?: unknown }).type);
  const frozen = (entries[0] as { plan?: { plan?: { schema?: unknown; kind?: unknown } } }).plan?.plan;
  if (types[0] !== 'plan' || frozen?.kind !== kind || typeof frozen.schema !== 'number') return 'newer';
  if (frozen.schema < schema) return 'older';
  const areKnown = types.every((type) => typeof type === 'string' && Object.hasOwn(TYPES, type));
  return frozen.schema === schema && areKnown ? 'own' : 'newer';
}

/** A process that can be told from a later one with the same number. */
export interface ProcessId {
  readonly pid: number;
  /** Kernel start time of the process, in clock ticks since boot; empty where the kernel does not tell. */
  readonly startTime: string;
  /** Random id the kernel makes at boot; empty where there is none. */
  readonly bootId: string;
}

/** What a journal says happened so far. */
export interface JournalState<P> {
  readonly plan: P;
  /** Every process that worked on it, the last one last: those to look for before touching anything. */
  readonly owners: readonly [ProcessId, ...ProcessId[]];
  readonly done: ReadonlySet<string>;
  /** Begun but not known to have ended: must be probed before it is repeated. */
  readonly unfinished: string | undefined;
  /** Code of the problem that the unfinished step ended with; undefined when nobody saw its end. */
  readonly failure: string | undefined;
  /** Being undone: it is not gone on with any more. */
  readonly aborting: boolean;
  readonly closed: 'done' | 'aborted' | undefined;
}

/** Folds the entries in order. Returns undefined for an empty journal; a torn last line must already be dropped. */
export function foldJournal<P>(entries: readonly JournalEntry<P>[]): JournalState<P> | undefined {
  let state: JournalState<P> | undefined;
  for (const entry of entries) {
    if (entry.type === 'plan') {
      state = {
        plan: entry.plan,
        owners: [entry.owner],
        done: new Set(),
        unfinished: undefined,
        failure: undefined,
        aborting: false,
        closed: undefined,
      };
    } else if (state !== undefined) {
      state = advance(state, entry);
    }
  }
  return state;
}

function advance<P>(
  state: JournalState<P>,
  entry: Exclude<JournalEntry<P>, { readonly type: 'plan' }>,
): JournalState<P> {
  switch (entry.type) {
    case 'resumed':
      return { ...state, owners: [...state.owners, entry.owner] };
    case 'aborting':
      return { ...state, aborting: true, owners: [...state.owners, entry.owner] };
    case 'started':
      return { ...state, unfinished: entry.step, failure: undefined };
    case 'done':
      return { ...state, done: new Set([...state.done, entry.step]), unfinished: undefined };
    case 'failed':
      return { ...state, failure: entry.code };
    case 'closed':
      return { ...state, closed: entry.outcome, unfinished: undefined };
  }
}
