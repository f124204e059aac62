import { EXIT, Problem } from '../core/problem.ts';
import { type AskedRun, commandFor } from '../deploy/command-for.ts';

/**
 * A tag of nothing is what a variable that was never set leaves: neither a release nor the wish for the default.
 * @throws Problem `usage`
 */
export function refuseEmptyTag(asked: AskedRun): void {
  if (asked.tag === undefined || asked.tag.trim() !== '') return;
  throw new Problem({
    code: 'usage',
    what: 'the tag is empty',
    fix: `name one: tagship history ${asked.environment}   (or none at all: ${commandFor({ ...asked, tag: undefined })})`,
    exit: EXIT.usage,
  });
}
