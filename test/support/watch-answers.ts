import type { DeployedApp } from './deployed-app.ts';

export interface Answer {
  /** When it came, in milliseconds. */
  readonly at: number;
  readonly said: string | undefined;
}

/** Asks the app again and again until it is stopped; hands over every answer, undefined for none. */
export function watchAnswers(app: DeployedApp): { stop(): Promise<readonly Answer[]> } {
  const answers: Answer[] = [];
  let stopped = false;
  const loop = (async () => {
    while (!stopped) {
      const said = await app.answer(1_000);
      answers.push({ at: performance.now(), said });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })();
  return {
    stop: async () => {
      stopped = true;
      await loop;
      return answers;
    },
  };
}

/** Milliseconds from `since` to the first time `said` is answered; for ever, when it is not. */
export function waitAfter(answers: readonly Answer[], since: number, said: string): number {
  const first = answers.find((answer) => answer.at >= since && answer.said === said);
  return (first?.at ?? Number.POSITIVE_INFINITY) - since;
}

/** Everything that was answered before `until`, each once. */
export function saidBefore(answers: readonly Answer[], until = Number.POSITIVE_INFINITY): readonly unknown[] {
  return [...new Set(answers.filter(({ at }) => at < until).map(({ said }) => said))];
}
