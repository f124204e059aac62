import type { BrokenRelease } from './broken-releases.ts';
import type { Downtime } from './downtime.ts';

/** What came of a release that was deployed. */
export interface Tried {
  readonly release: BrokenRelease;
  readonly outcome: string;
  readonly step: string;
  readonly exit: number | null;
  readonly downtime: Downtime;
  /** What the user was told, a sentence each: what happened, and what of it said why. */
  readonly told: string;
}

const seconds = (milliseconds: number) => (milliseconds === 0 ? '0' : (milliseconds / 1000).toFixed(1));
const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

export const headOf = ({ name, made }: BrokenRelease) => `| **${cell(name)}**: ${cell(made)} |`;

/** docs/broken-releases.md, whole. */
export function brokenReleasesPage(tried: readonly Tried[]): string {
  const rows = tried.map(
    ({ release, outcome, step, exit, downtime, told }) =>
      `${headOf(release)} ${step} | ${outcome.replace('_', ' ')} | ${exit} | ${seconds(downtime.unanswered)} | ${seconds(downtime.byAnother)} | ${cell(told)} |`,
  );
  return `# Releases that do not come up

Each of these was made for real and deployed to a test Pi that served v0.1.0, while the app was asked twenty times a second. In every case v0.1.0
served in the end. *Not answered*: the seconds without an answer; *another*: the seconds in which the broken release answered.
Exit 3: nothing had changed. Exit 5: taken back. The health check had 8 seconds (\`health.timeout\`), so that is how
long a release that never gets well is given; the rest is the exchange of containers, on a machine with two busy cores.

This page is written by \`SWEEP=all npx vitest run test/scenarios/deploy-broken.test.ts\`; without \`SWEEP\` that test tries those which no
other scenario holds.

| release | failed at | outcome | exit | not answered | another | told |
| --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
}
