import type { PreflightConfig } from '../config/schema.ts';
import { byteCount } from '../core/byte-count.ts';
import type { Problem } from '../core/problem.ts';
import type { HostFacts } from './facts.ts';
import { onHost, refusal } from './refusals.ts';

/**
 * What a host lacks, whatever the release is: room, time, a Compose that is known to work. What a release needs besides is
 * found out on the host (`host/steps/preflight.sh`). What could not be seen is no reason to refuse.
 */
export function roomRefusals(facts: HostFacts, wanted: PreflightConfig, now: Date): readonly Problem[] {
  return [
    ...diskRefusals(facts, wanted),
    ...memoryRefusal(facts, wanted),
    ...clockRefusal(facts, wanted, now),
    ...composeRefusal(facts),
  ];
}

function diskRefusals({ host, disks }: HostFacts, wanted: PreflightConfig): Problem[] {
  return disks
    .filter(({ free }) => free < wanted.disk)
    .map(({ mount, free }) =>
      refusal(
        'disk-full',
        `${host} has ${byteCount(Math.max(0, free))} left on ${mount}, and ${byteCount(wanted.disk)} must be free`,
        'images are pulled and built beside those that run (preflight.disk)',
        onHost(host, 'docker system df; docker builder prune   (only what is unused goes)'),
      ),
    );
}

function memoryRefusal({ host, memory }: HostFacts, wanted: PreflightConfig): Problem[] {
  if (memory === undefined || memory >= wanted.memory) return [];
  const what = `${host} has ${byteCount(memory)} of memory and swap left, and ${byteCount(wanted.memory)} must be free`;
  const why = 'a container that is started now may be killed, or kill another (preflight.memory)';
  return [refusal('memory-low', what, why, onHost(host, 'ps -eo rss,args --sort=-rss | head'))];
}

function clockRefusal({ host, clock }: HostFacts, wanted: PreflightConfig, now: Date): Problem[] {
  if (clock === undefined) return [];
  const off = clock * 1000 - now.getTime();
  if (Math.abs(off) <= wanted.clock) return [];
  const what = `the clock of ${host} is ${lengthOf(Math.abs(off))} ${off < 0 ? 'behind' : 'ahead of'} the one here`;
  const why = 'certificates and logins are judged by it, and history is dated by it (preflight.clock)';
  const fix = `see which one is wrong: date -u; ${onHost(host, 'timedatectl status; sudo timedatectl set-ntp true')}`;
  return [refusal('clock-off', what, why, fix)];
}

/** Words for a length of time in milliseconds, in the largest unit that gives more than one. */
function lengthOf(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000);
  if (minutes < 2) return `${Math.round(milliseconds / 1000)} seconds`;
  if (minutes < 120) return `${minutes} minutes`;
  return minutes < 2880 ? `${Math.round(minutes / 60)} hours` : `${Math.round(minutes / 1440)} days`;
}

/** The last of the first kind is accepted, as Debian has it; those before it do not know what is asked of them. */
function composeRefusal({ host, compose, composeVersion = '' }: HostFacts): Problem[] {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(composeVersion) ?? [];
  if (compose !== 'docker-compose' || major !== '1' || Number(minor) >= 29) return [];
  const what = `${host} has docker-compose ${composeVersion}, and 1.29 is the oldest that works`;
  return [refusal('compose-old', what, undefined, onHost(host, 'sudo apt-get install docker-compose-plugin'))];
}
