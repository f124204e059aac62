import type { EnvironmentConfig } from '../config/schema.ts';
import { versionOfTag } from '../core/tag-name.ts';
import type { Host } from '../io/ports.ts';
import type { HostFacts } from './facts.ts';
import { askOnce, questionsOf, readAnswers } from './health.ts';
import { healthOf, releaseAt } from './history.ts';
import answerFunctions from './host/checks/answer.sh';
import jsonFunctions from './host/checks/json.sh';
import onceFunctions from './host/checks/once.sh';
import { releaseVariables } from './release-variables.ts';

/**
 * The facts, with what the release that serves answers when it is asked once. What there is to ask is only known after the
 * look: it may have been deployed with other settings than the present ones.
 */
export async function lookAtHealth(
  host: Host,
  facts: HostFacts,
  environment: EnvironmentConfig,
  tagFormat: string,
  signal: AbortSignal,
): Promise<HostFacts> {
  const release = releaseAt(facts.clone?.head, facts.history);
  const health = healthOf(release, environment.health);
  if (health === undefined) return facts;
  const questions = questionsOf(health);
  const variables = releaseVariables(release?.tag, release && versionOfTag(tagFormat, release.tag));
  const script = [variables, answerFunctions, jsonFunctions, onceFunctions, ...questions.map(askOnce)].join('\n');
  const { stdout } = await host.run(script, { args: [environment.path], signal });
  return { ...facts, health: readAnswers(questions, stdout) };
}
