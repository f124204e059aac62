import * as z from 'zod';
import type { DeployPlan } from './plan-shape.ts';
import { aboutSchema } from './run.ts';

const stepSchema = z.looseObject({ id: z.string(), title: z.string() });

/** What is needed to follow a run and to tell about it; the rest is for the host. */
const planSchema = z.looseObject({
  schema: z.literal(1),
  kind: z.enum(['deploy', 'rollback']),
  id: z.string(),
  title: z.string(),
  details: z.looseObject({
    path: z.string(),
    state: z.string(),
    launch: z.enum(['setsid', 'systemd-run']),
    about: aboutSchema,
    confirm: z.object({ url: z.string(), status: z.number(), timeout: z.number() }).optional(),
    forward: z.array(stepSchema),
    undo: z.array(stepSchema),
    revert: z.array(stepSchema),
  }),
});

/** The plan that a run left on the host, whoever started it; undefined for none, or one of a shape we do not know. */
export function parseSavedPlan(text: string | undefined, host: string): DeployPlan | undefined {
  if (text === undefined) return undefined;
  const result = z
    .string()
    .transform((json, context): unknown => {
      try {
        return JSON.parse(json);
      } catch {
        context.addIssue({ code: 'custom', message: 'is no JSON' });
        return z.NEVER;
      }
    })
    .pipe(planSchema)
    .safeParse(text);
  if (!result.success) return undefined;
  const plan = result.data as unknown as DeployPlan;
  // Whoever started it may reach the host by another name.
  return { ...plan, details: { ...plan.details, host } };
}
