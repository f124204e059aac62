import type { Answer } from '../watch-answers.ts';

/** How long something else than `serving` was answered, in milliseconds. */
export interface Downtime {
  readonly unanswered: number;
  /** By the release that was taken back, or by half of it. */
  readonly byAnother: number;
}

/** Each answer stands for the time since the one before it. */
export function downtimeOf(answers: readonly Answer[], serving: string): Downtime {
  let [unanswered, byAnother] = [0, 0];
  for (const [index, { at, said }] of answers.entries()) {
    const took = at - (answers[index - 1]?.at ?? at);
    if (said === undefined) unanswered += took;
    else if (said !== serving) byAnother += took;
  }
  return { unanswered, byAnother };
}
