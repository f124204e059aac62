import * as z from 'zod';

const outcome = z.enum(['ok', 'changed', 'failed', 'skipped', 'unreachable']);

/** What deployment-module/callback_plugins/tagship.py says, a line each. */
const ansibleEvent = z.discriminatedUnion('event', [
  z.object({ event: z.literal('play'), name: z.string() }),
  z.object({ event: z.literal('no-hosts') }),
  z.object({
    event: z.literal('result'),
    host: z.string(),
    /** Null for tasks of the playbook itself. */
    role: z.string().nullable(),
    task: z.string(),
    /** Runs at the end, after a failure too. */
    handler: z.boolean().optional(),
    status: outcome,
    message: z.string().optional(),
    /** What has changed, or would, as a unified diff. */
    diff: z.string().optional(),
  }),
  z.object({ event: z.literal('summary'), hosts: z.record(z.string(), z.record(z.string(), z.number())) }),
]);

export type AnsibleEvent = z.output<typeof ansibleEvent>;
export type AnsibleResult = Extract<AnsibleEvent, { event: 'result' }>;

/** Undefined for a line that is none of ours: Ansible's own warnings, or what Docker says. */
export function parseEvent(line: string): AnsibleEvent | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const parsed = ansibleEvent.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
