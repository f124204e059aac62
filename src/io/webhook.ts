import type { Secret } from '../core/secret.ts';

/** What a web hook gets, as JSON. `text` and `content` are what the chat services show. */
export interface Announcement {
  readonly event: 'released';
  readonly tag: string;
  readonly version: string;
  readonly notes: string;
  readonly text: string;
}

const TIMEOUT = 10_000;

/**
 * Posts to one web hook.
 * @param hook an address, or `env:NAME` of a variable that holds one
 * @returns why it failed, without the address: its path is often a token
 */
export async function postAnnouncement(
  hook: Secret,
  environment: NodeJS.ProcessEnv,
  announcement: Announcement,
): Promise<string | undefined> {
  const written = hook.reveal();
  const variable = written.startsWith('env:') ? written.slice('env:'.length) : undefined;
  const address = variable === undefined ? written : environment[variable];
  if (!address || !URL.canParse(address)) return `${variable ?? 'the address'} is not an address`;
  const url = new URL(address);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...announcement, content: announcement.text }),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT),
    });
    return response.ok ? undefined : `${url.host} answered ${response.status}`;
  } catch (error) {
    // Nothing of the address but its host: the rest is where tokens and passwords are.
    const cause: unknown = error instanceof Error ? error.cause : undefined;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no answer';
    return `${url.host}: ${code}`;
  }
}
