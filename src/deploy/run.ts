import * as z from 'zod';

/** The image a service of a release runs: what it is called, and which one it is. */
const serviceImage = z.object({
  service: z.string(),
  name: z.string(),
  id: z.string(),
  /** `repository@sha256:…`, by which a registry knows it; left out for what was built on the host. */
  digest: z.string().optional(),
});
export type ServiceImage = z.output<typeof serviceImage>;

/**
 * How a release proved itself, as `health:` of tagship.yaml had it then; times in milliseconds, null for not at all. What has
 * a default was not known to every tagship that recorded one.
 */
const healthSchema = z
  .object({
    url: z.string().optional(),
    status: z.number(),
    body: z.string().optional(),
    headers: z.record(z.string(), z.string()).default({}),
    json: z.record(z.string(), z.string()).default({}),
    tcp: z.array(z.object({ host: z.string(), port: z.number() })).default([]),
    command: z.string().optional(),
    successes: z.number(),
    every: z.number(),
    steady: z.number().optional(),
    timeout: z.number(),
  })
  .nullable();
export type RecordedHealth = z.output<typeof healthSchema>;

/** What a run found on the host and goes back to when it fails. */
const previousSchema = z.object({
  commit: z.string(),
  /** The branch that was checked out, where it was one. */
  branch: z.string().optional(),
  /** The release, where it was one. */
  tag: z.string().optional(),
  /** Whether anything ran; on a first deployment nothing does. */
  serving: z.boolean(),
  /** Containers were there, and none of them ran. */
  stopped: z.boolean().optional(),
  /** The files of another release are checked out: only what was kept of it starts it. */
  withoutGit: z.boolean().optional(),
  /** Its Compose files; left out where nobody recorded them. */
  compose: z.array(z.string()).optional(),
  /** What it proved itself by; left out where nobody recorded it. */
  health: healthSchema.optional(),
  images: z.array(serviceImage),
});
export type Previous = z.output<typeof previousSchema>;

/** The release, or the commit where it was none. */
export function nameOf(previous: Pick<Previous, 'tag' | 'commit'>): string {
  return previous.tag ?? `commit ${previous.commit.slice(0, 10)}`;
}

/** What a run is about: written to the host with the plan, and part of every record of it. */
export const aboutSchema = z.object({
  schema: z.literal(1),
  run: z.string(),
  kind: z.enum(['deploy', 'rollback']),
  /** How a rollback goes back; left out for git. */
  method: z.enum(['image', 'backup']).optional(),
  /** Path of the backup that is restored with it. */
  backup: z.string().optional(),
  environment: z.string(),
  tag: z.string(),
  commit: z.string(),
  /** Who asked for it: user@machine. */
  who: z.string(),
  /** The address that user had logged in from; left out where nobody had. */
  from: z.string().optional(),
  /** Version of the tagship that made the plan. */
  tagship: z.string(),
  /** Its Compose files; left out by a tagship that did not record them yet. */
  compose: z.array(z.string()).optional(),
  /** What the release has to prove itself by; left out by a tagship that did not record it yet. */
  health: healthSchema.optional(),
  previous: previousSchema,
});
export type RunAbout = z.output<typeof aboutSchema>;

/** How a run ends on the host. `failed`: before anything changed. */
const outcomeSchema = z.enum(['succeeded', 'failed', 'rolled_back', 'needs_hands']);
export type RunOutcome = z.output<typeof outcomeSchema>;

/** A line of `history.jsonl`. Times are ISO 8601, UTC. */
const recordSchema = aboutSchema.extend({
  outcome: outcomeSchema,
  startedAt: z.string(),
  endedAt: z.string(),
  seconds: z.number(),
  failedStep: z.string().optional(),
  /** The step at which its runner died; the rest was done by whoever settled it. */
  interruptedAt: z.string().optional(),
  /** Who noticed that the runner had died: `watcher`, `boot`, or a later `deploy`. */
  settledBy: z.string().optional(),
  /** The way back did without git, which failed. */
  wayBack: z.literal('image').optional(),
  result: z
    .object({
      images: z.array(serviceImage),
      /** When what served before was changed. */
      changedAt: z.string().optional(),
    })
    .optional(),
});
export type RunRecord = z.output<typeof recordSchema>;

/** A line of `journal.jsonl`. */
const journalSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('opened'),
    run: z.string(),
    at: z.string(),
    pid: z.number(),
    boot: z.string(),
    about: aboutSchema,
  }),
  z.object({ type: z.literal('started'), run: z.string(), at: z.string(), list: z.string(), step: z.string() }),
  z.object({
    type: z.literal('ended'),
    run: z.string(),
    at: z.string(),
    list: z.string(),
    step: z.string(),
    status: z.number(),
    milliseconds: z.number(),
  }),
  z.object({
    type: z.literal('settling'),
    run: z.string(),
    at: z.string(),
    /** Who noticed that the runner had died. */
    by: z.string(),
    /** Where it died. */
    step: z.string(),
    pid: z.number(),
    boot: z.string(),
  }),
  z.object({ type: z.literal('closed'), run: z.string(), at: z.string(), outcome: outcomeSchema }),
]);
export type JournalLine = z.output<typeof journalSchema>;

/** `lock.info`: who holds the lock, for people to read. */
const lockInfoSchema = z.object({ startedAt: z.string(), pid: z.number(), boot: z.string(), about: aboutSchema });
export type LockInfo = z.output<typeof lockInfoSchema>;

/** Lines that are whole and of a known shape; a torn or foreign line is nobody's record. */
function parseLines<T>(schema: z.ZodType<T>, text: string | undefined): readonly T[] {
  return (text ?? '').split('\n').flatMap((line) => {
    const value = parseJson(line);
    const result = value === undefined ? undefined : schema.safeParse(value);
    return result?.success ? [result.data] : [];
  });
}

export const parseHistory = (text: string | undefined): readonly RunRecord[] => parseLines(recordSchema, text);
export const parseJournal = (text: string | undefined): readonly JournalLine[] => parseLines(journalSchema, text);
export const parseLockInfo = (text: string | undefined): LockInfo | undefined => parseLines(lockInfoSchema, text)[0];

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
