import type { Config } from '../config/schema.ts';
import { type Announcement, postAnnouncement } from '../io/webhook.ts';
import type { Terminal } from './terminal.ts';

/** Tells web hooks what has happened already: one that cannot be told is a warning, never a failure. */
export async function announce(
  terminal: Terminal,
  hooks: Config['notify'],
  announcements: readonly Announcement[],
): Promise<void> {
  const posts = hooks.flatMap((hook) => announcements.map((news) => postAnnouncement(hook, process.env, news)));
  const failures = await Promise.all(posts);
  for (const failure of failures) if (failure !== undefined) terminal.err(`  ! not notified: ${failure}\n`);
}
