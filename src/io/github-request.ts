import { EXIT, Problem } from '../core/problem.ts';

/** One question to GitHub. */
export interface Ask {
  /** For messages: `open a pull request`. */
  readonly to: string;
  /** Whether asking twice is the same as asking once. */
  readonly repeatable: boolean;
}

const ATTEMPTS = 3;
/** Milliseconds before the second attempt; doubled for each further one. */
const PAUSE = 300;
/** The longest that GitHub may ask to wait, in milliseconds; beyond it the user is told. */
const PATIENCE = 60_000;

/**
 * Asks, and asks again a bounded number of times: when GitHub says to come back, and, for what is repeatable, when it
 * stumbles or does not answer.
 * @throws Problem as the port says
 */
export async function askGitHub<T>({ to, repeatable }: Ask, request: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await request();
    } catch (error) {
      const pause = pauseAfter(error, repeatable) ?? Number.POSITIVE_INFINITY;
      if (attempt === ATTEMPTS || pause > PATIENCE) throw problemOf(error, to);
      await new Promise((resolve) => setTimeout(resolve, Math.max(pause, PAUSE * 2 ** (attempt - 1))));
    }
  }
}

/** How long to wait before the same question may be asked again, in milliseconds; undefined when it may not. */
function pauseAfter(error: unknown, repeatable: boolean): number | undefined {
  const { status, headers } = answerOf(error);
  const limit = status === 403 || status === 429 ? limitOf(headers) : undefined;
  // Refused for being too many: certainly nothing was done.
  if (limit !== undefined) return limit;
  return repeatable && (status === undefined || status >= 500) ? 0 : undefined;
}

type Headers = Readonly<Record<string, string | number | undefined>>;

/** Milliseconds until a rate limit ends; undefined when the answer is not about one. */
function limitOf(headers: Headers): number | undefined {
  if (headers['retry-after'] !== undefined) return Number(headers['retry-after']) * 1000;
  if (String(headers['x-ratelimit-remaining']) !== '0') return undefined;
  return Math.max(0, Number(headers['x-ratelimit-reset'] ?? 0) * 1000 - Date.now());
}

/** Octokit tells a request that got no answer as an error without a response. */
function answerOf(error: unknown): { status: number | undefined; headers: Headers; said: string } {
  if (!(error instanceof Error) || !('response' in error) || typeof error.response !== 'object' || !error.response) {
    return { status: undefined, headers: {}, said: error instanceof Error ? reasonOf(error) : String(error) };
  }
  const { data, headers, status } = error.response as { data: unknown; headers: Headers; status: number };
  return { status, headers, said: messageIn(data) ?? `status ${status}` };
}

function reasonOf(error: Error): string {
  const { cause } = error;
  return cause instanceof Error && 'code' in cause ? `${error.message} (${String(cause.code)})` : error.message;
}

/** GitHub's own words: the message, and what it says about single fields. */
function messageIn(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null || !('message' in data)) return undefined;
  const errors = 'errors' in data && Array.isArray(data.errors) ? data.errors : [];
  const details = errors.map((one: unknown) =>
    typeof one === 'object' && one !== null ? Object.values(one).map(String).join(' ') : String(one),
  );
  return [String(data.message), ...details].join('\n').slice(0, 2000);
}

function problemOf(error: unknown, to: string): Problem {
  const { status, headers, said } = answerOf(error);
  const problem = (code: string, what: string, fix: string) =>
    new Problem({ code, what: `${what}, asked to ${to}`, why: said, fix, exit: EXIT.resumable });
  if (status === undefined || status >= 500)
    return problem('github-unreachable', 'GitHub did not answer', 'wait a little, then the same command again');
  if ((status === 403 || status === 429) && limitOf(headers) !== undefined)
    return problem('github-rate-limited', 'GitHub lets nobody ask so often', 'wait, then the same command again');
  if (status === 401 || status === 403) return problem('github-unauthorized', 'GitHub does not allow it', TOKEN_FIX);
  if (status === 404)
    return problem('github-refused', 'GitHub knows no such repository, or hides it from this token', TOKEN_FIX);
  return problem('github-refused', 'GitHub refused', 'mend what GitHub names, then the same command again');
}

const TOKEN_FIX = 'give GITHUB_TOKEN a token that may write contents and pull requests, then the same command again';

/** @throws Problem `github-unreadable` */
export function unreadable(to: string, why: string): Problem {
  return new Problem({
    code: 'github-unreadable',
    what: `GitHub's answer cannot be understood, asked to ${to}`,
    why,
    fix: 'see that github.api in tagship.yaml is the REST API, then the same command again',
    exit: EXIT.resumable,
  });
}
