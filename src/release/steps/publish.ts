import type { FrozenRelease } from '../journal.ts';
import type { ReleasePorts } from '../ports.ts';
import { probePublished, pushRelease, rememberPublished } from '../push.ts';
import { releaseMoves } from '../refs.ts';

/**
 * The push of an earlier attempt may have reached the remote unseen, or still be on its way: a killed tagship leaves
 * its git running. So the remote is asked before a repeated push, and again when a push is refused.
 * @throws Problem `push-rejected`, `push-cut-off`, `remote-unreachable`
 */
export async function publish(
  { git, report }: Pick<ReleasePorts, 'git' | 'report'>,
  { plan, objects }: FrozenRelease,
  begunBefore: boolean,
): Promise<void> {
  const { details } = plan;
  const isPublished = async () => (await probePublished(git, details, objects.tags)) === 'present';
  if (begunBefore && (await isPublished())) return rememberPublished(git, details);
  const onLine = (line: string) => report({ type: 'output', step: 'push', line });
  try {
    await pushRelease(git, details, releaseMoves(details, objects), onLine);
  } catch (error) {
    if (!(await isPublished().catch(() => false))) throw error;
    await rememberPublished(git, details);
  }
}
