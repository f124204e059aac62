import type { Plan } from '../core/plan.ts';
import { EXIT, Problem } from '../core/problem.ts';
import { shellQuote } from '../core/shell-quote.ts';
import type { Host } from '../io/ports.ts';
import { type BootUnit, bootUnit } from './boot-unit.ts';
import type { HostFacts } from './facts.ts';
import bootUnitScript from './host/boot-unit.sh';
import { settleOpenScript } from './journal-readers.ts';

/** What is there of the unit that settles at a boot. */
export interface UnitFacts {
  readonly systemd: boolean;
  readonly enabled: boolean;
  /** The clone has what it runs, and knows its name. */
  readonly ready: boolean;
  /** The unit file as it stands; undefined for none. */
  readonly text: string | undefined;
}

export interface PrepareDetails {
  readonly host: string;
  readonly state: string;
  readonly unit: BootUnit;
  readonly wanted: 'installed' | 'removed';
}
export type PreparePlan = Plan<'host-prepare', PrepareDetails>;

/** Changes nothing. */
export async function lookAtUnit(host: Host, facts: HostFacts, path: string): Promise<UnitFacts> {
  const { state, unit } = unitOf(facts, path);
  const { stdout } = await host.run(bootUnitScript, { args: ['look', state, unit.name] });
  const lines = stdout.split('\n');
  const at = lines.indexOf('text');
  const text = lines.slice(at + 1, -1).map((line) => `${line.slice(1)}\n`);
  return {
    systemd: lines.includes('systemd'),
    enabled: lines.includes('enabled'),
    ready: lines.includes('ready'),
    text: at < 0 ? undefined : text.join(''),
  };
}

function unitOf({ user, clone }: HostFacts, path: string) {
  const state = `${clone?.gitDir}/tagship`;
  return { state, unit: bootUnit(user, path, state) };
}

/**
 * Pure. A plan without steps means that everything is as it is wanted.
 * @throws Problem `no-systemd`
 */
export function planPreparation(
  facts: HostFacts,
  found: UnitFacts,
  path: string,
  wanted: PrepareDetails['wanted'],
  now: Date,
): PreparePlan {
  const { state, unit } = unitOf(facts, path);
  const { host, user } = facts;
  if (!found.systemd) throw noSystemd(host, user, state);
  const file = `/etc/systemd/system/${unit.name}`;
  const details = unit.text.trimEnd().split('\n');
  const install = [
    { id: 'write', title: `write ${file} (with sudo)`, details },
    { id: 'enable', title: 'have systemd read it and run it at every boot (with sudo)' },
  ];
  const remove = [{ id: 'remove', title: `take ${file} away (with sudo)` }];
  const isThere = found.enabled && found.ready && found.text === unit.text;
  const isGone = !found.enabled && found.text === undefined;
  const steps = wanted === 'installed' ? (isThere ? [] : install) : isGone ? [] : remove;
  return {
    schema: 1,
    kind: 'host-prepare',
    id: `${wanted}-${unit.name}`,
    title:
      wanted === 'installed'
        ? `Have ${host} end by itself, at a boot, what a power cut interrupted in ${path}`
        : `Leave ${host} to end an interrupted deployment of ${path} only when the next one comes`,
    createdAt: now.toISOString(),
    steps,
    warnings: [],
    details: { host, state, unit, wanted },
  };
}

function noSystemd(host: string, user: string, state: string): Problem {
  return new Problem({
    code: 'no-systemd',
    what: `${host} is not run by systemd`,
    why: 'the unit that ends an interrupted deployment at a boot is a systemd unit',
    fix: `have the host's own init run this once docker is up, as ${user}: sh ${shellQuote(`${state}/settle-open.sh`)} boot`,
    exit: EXIT.refused,
  });
}

/** @throws Problem `sudo-refused`, naming what to type instead, or `prepare-failed` */
export async function prepareHost(host: Host, { details: { state, unit, wanted } }: PreparePlan): Promise<void> {
  const args =
    wanted === 'installed' ? ['install', state, unit.name, unit.text, settleOpenScript] : ['remove', state, unit.name];
  const { exitCode, stderr } = await host.run(bootUnitScript, { args });
  if (exitCode === 0) return;
  const file = `/etc/systemd/system/${unit.name}`;
  const byHand =
    wanted === 'installed'
      ? `sudo install -m 644 ${shellQuote(`${state}/${unit.name}`)} ${file} && sudo systemctl daemon-reload && sudo systemctl enable ${unit.name}`
      : `sudo systemctl disable ${unit.name} && sudo rm ${file} && sudo systemctl daemon-reload`;
  throw new Problem({
    code: exitCode === 77 ? 'sudo-refused' : 'prepare-failed',
    what: `the unit could not be ${wanted} on ${host.name}`,
    why: exitCode === 77 ? 'sudo there asks for a password, which is for you to type' : stderr.trim(),
    fix: host.name === 'local' ? byHand : `on ${host.name}: ${byHand}`,
    exit: EXIT.refused,
  });
}
