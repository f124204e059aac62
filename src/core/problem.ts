/** What a process ends with; the table is a promise of the command line (docs/exit-codes.md). */
export const EXIT = {
  done: 0,
  bug: 1,
  usage: 2,
  refused: 3,
  resumable: 4,
  rolledBack: 5,
  needsHands: 6,
  locked: 7,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Code of the problem that means: what was asked of a host may or may not have happened. */
export const LINK_LOST = 'link-lost';

/** Code of the problem that means: there is no token to ask GitHub with. */
export const TOKEN_MISSING = 'github-token-missing';

export interface ProblemFacts {
  /** Stable machine-readable name, kebab-case, e.g. `tag-exists`. */
  code: string;
  /** What happened, one sentence without a final full stop. */
  what: string;
  /** Why it is a problem, or what was seen. May hold several lines. */
  why?: string;
  /** Whether the user has seen `why` as it came: it is not shown again. */
  seen?: boolean;
  /** The next command to type, or the edit to make. */
  fix: string;
  exit: ExitCode;
  /** Branches that are on the remote by then, all the same. */
  published?: readonly string[];
  cause?: unknown;
}

/** An expected failure, told to the user as what, why and the next command. Rendered once, in `cli/render.ts`. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: string;
  readonly what: string;
  readonly why: string | undefined;
  readonly seen: boolean;
  readonly fix: string;
  readonly exit: ExitCode;
  readonly published: readonly string[] | undefined;

  constructor(facts: ProblemFacts) {
    super(facts.what, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = facts.code;
    this.what = facts.what;
    this.why = facts.why;
    this.seen = facts.seen ?? false;
    this.fix = facts.fix;
    this.exit = facts.exit;
    this.published = facts.published;
  }

  toJSON(): Omit<ProblemFacts, 'cause' | 'seen'> {
    const { code, what, why, fix, exit, published } = this;
    const told = { code, what, ...(why === undefined ? {} : { why }), fix, exit };
    return published === undefined ? told : { ...told, published };
  }
}

/** Several refusals found by one look, reported together so that the user mends them in one go. */
export class Refusals extends Error {
  override readonly name = 'Refusals';
  constructor(readonly problems: readonly [Problem, ...Problem[]]) {
    super(problems.map((problem) => problem.what).join('; '));
  }
  /** Locked only where nothing else is in the way: waiting mends nothing else. Other statuses never mix. */
  get exit(): ExitCode {
    return (this.problems.find(({ exit }) => exit !== EXIT.locked) ?? this.problems[0]).exit;
  }
}

/** Throws what a planner collected; returns when there is nothing to refuse. */
export function refuseIfAny(problems: readonly Problem[]): void {
  const [first, ...rest] = problems;
  if (first === undefined) return;
  if (rest.length === 0) throw first;
  throw new Refusals([first, ...rest]);
}
