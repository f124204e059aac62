/**
 * A plan is data: made by a pure function from facts, rendered by one renderer, saved and applied unchanged.
 * A dry run is a plan that is rendered and dropped; no step knows about it.
 */
export interface Plan<Kind extends string, Details> {
  /** Version of the shape of this kind of plan; a saved plan of another version is refused. */
  readonly schema: number;
  readonly kind: Kind;
  /** Names this plan in journals, logs and lock files. Safe as a file name. */
  readonly id: string;
  /** One line for people: what will be true afterwards. */
  readonly title: string;
  /** ISO 8601, UTC. Frozen here: commits and tags made on resume carry the same time. */
  readonly createdAt: string;
  readonly steps: readonly Step[];
  /** Things the user should know that do not stop the plan. */
  readonly warnings: readonly string[];
  readonly details: Details;
}

/** One visible movement of a plan. What it does is decided by the domain that made it; this is how it is shown. */
export interface Step {
  /** Unique inside its plan, kebab-case; the journal refers to it. */
  readonly id: string;
  readonly title: string;
  /** Lines shown under the title in a rendered plan. */
  readonly details?: readonly string[];
}

/** What is found where a step would make its change: nothing yet, exactly its result, or something else. */
export type Probe = 'absent' | 'present' | 'conflicting';
