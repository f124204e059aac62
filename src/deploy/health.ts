import type { HealthConfig } from '../config/schema.ts';
import { shellJoin } from '../core/shell-quote.ts';

/** One thing a release is asked, as `host/checks/answer.sh` asks it. */
export interface Question {
  readonly kind: 'http' | 'tcp' | 'command';
  /** Whom or what is asked, and for what: "ask WHAT for FOR". A command is run. */
  readonly what: string;
  readonly for: string | undefined;
  readonly subject: readonly string[];
}

/** What a release proves itself by, in the order it is asked: what is quickly told comes first. */
export function questionsOf(health: HealthConfig): readonly Question[] {
  const { url, status, command } = health;
  const tcp: Question[] = health.tcp.map(({ host, port }) => ({
    kind: 'tcp',
    what: `${host.includes(':') ? `[${host}]` : host}:${port}`,
    for: 'a connection',
    subject: [host, String(port)],
  }));
  const http: Question[] =
    url === undefined
      ? []
      : [{ kind: 'http', what: url, for: `a ${status}`, subject: [url, String(status), ...expectations(health)] }];
  const own: Question[] =
    command === undefined ? [] : [{ kind: 'command', what: command, for: undefined, subject: [command] }];
  return [...tcp, ...http, ...own];
}

/** Three words each: kind, name, value. */
function expectations({ body, headers, json }: HealthConfig): readonly string[] {
  const named = (kind: string, values: Readonly<Record<string, string>>) =>
    Object.entries(values).flatMap(([name, value]) => [kind, name, value]);
  return [...(body === undefined ? [] : ['body', '-', body]), ...named('header', headers), ...named('json', json)];
}

/** How a step that asks it is told. */
export function titleOf({ what, for: demand }: Question, { successes }: HealthConfig, isAgain: boolean): string {
  const again = isAgain ? ' again' : '';
  const asked = demand === undefined ? `run${again} ${what}` : `ask ${what}${again} for ${demand}`;
  return successes === 1 ? asked : `${asked}, ${successes} times in a row`;
}

/** A call of `host/steps/proof.sh`; the time is counted from when the containers were started. */
export function proofCall(
  { kind, subject }: Question,
  { successes, every, steady = 0, timeout }: HealthConfig,
): readonly [string, ...string[]] {
  const seconds = (milliseconds: number) => String(Math.ceil(milliseconds / 1000));
  return [`prove_${kind}`, String(successes), String(every / 1000), seconds(steady), seconds(timeout), ...subject];
}

/** A line of shell that asks it once, as `host/checks/once.sh` reads it. */
export function askOnce({ kind, subject }: Question): string {
  return `ask_once answers_${kind} ${kind === 'http' ? '"$body" ' : ''}${shellJoin(subject)}`;
}

/** What one question was answered. */
export interface Answer {
  readonly question: Question;
  /** Over HTTP; undefined where there was no answer at all. */
  readonly status: number | undefined;
  /** Why it is not well; undefined when it is. */
  readonly problem: string | undefined;
}

/** Reads what `ask_once` printed for each of the questions; a line that is missing is no answer. */
export function readAnswers(questions: readonly Question[], text: string): readonly Answer[] {
  const lines = text.split('\n');
  return questions.map((question, index) => {
    const [, status = '', problem = 'no answer'] = /^(\d*)\t(.*)$/.exec(lines[index] ?? '') ?? [];
    return { question, status: Number(status) || undefined, problem: problem === '' ? undefined : problem };
  });
}
