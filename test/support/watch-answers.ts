import type { DeployedApp } from './deployed-app.ts';

/** Asks the app again and again until it is stopped; hands over every answer, undefined for none. */
export function watchAnswers(app: DeployedApp): { stop(): Promise<readonly (string | undefined)[]> } {
  const answers: (string | undefined)[] = [];
  let stopped = false;
  const loop = (async () => {
    while (!stopped) {
      answers.push(await app.answer());
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
