import type { Secret } from '../core/secret.ts';

/** What a web hook gets, as JSON. `text` and `content` are what the chat services show. */
export type Announcement = {
  readonly tag: string;
  readonly version: string | undefined;
  readonly text: string;
} & (ReleaseNews | DeploymentNews);

interface ReleaseNews {
  readonly event: 'released';
  readonly notes: string;
}

interface DeploymentNews {
  /** `rolled-back`: as was asked for. A release that did not come up is a `deploy-failed`. */
  readonly event: 'deployed' | 'rolled-back' | 'deploy-failed' | 'rollback-failed';
  readonly environment: string;
  /** user@machine, as history has it. */
  readonly who: string;
  readonly outcome: string;
  readonly exit: number;
  readonly hosts: readonly {
    readonly host: string;
    readonly outcome: string;
    readonly serves?: string | null | undefined;
  }[];
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
