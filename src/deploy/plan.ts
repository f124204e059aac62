import type { EnvironmentConfig, HealthConfig } from '../config/schema.ts';
import { Problem, refuseIfAny } from '../core/problem.ts';
import { versionOfTag } from '../core/tag-name.ts';
import { chooseBackup } from './backup/choose-backup.ts';
import type { Backup, Backups } from './backup/look-backups.ts';
import type { HostFacts } from './facts.ts';
import { healthOf, releaseAt, releaseBelow, releaseStack, unsettledRun } from './history.ts';
import type { DeployPlan } from './plan-shape.ts';
import { planWarnings } from './plan-warnings.ts';
import { roomRefusals } from './preflight.ts';
import { hostRefusals, unseenRefusal } from './refusals.ts';
import { highestRelease } from './release-tag.ts';
import { lossWarnings, unitWarnings } from './rollback-warnings.ts';
import { nameOf, type Previous } from './run.ts';
import { backupRollbackSteps } from './strategies/backup-rollback.ts';
import { imageRollbackSteps } from './strategies/image-rollback.ts';
import type { RollingInput } from './strategies/parts.ts';
import { rollingSteps } from './strategies/rolling.ts';
import { chooseRelease } from './target-deploy.ts';
import { chooseRollback } from './target-rollback.ts';

/** What was asked for, with everything from outside that a plan depends on. */
export interface DeployRequest {
  readonly kind: 'deploy' | 'rollback';
  /** How a rollback goes back: with git by default, or without it. */
  readonly method?: 'git' | 'image' | 'backup';
  /** Path or name of the backup to restore, instead of the newest that fits. */
  readonly backup?: string | undefined;
  readonly environment: string;
  /** The tag to deploy or to go back to; undefined for the highest release, or the previous one. */
  readonly tag?: string | undefined;
  /** Whether the tag to deploy is in the repository here; undefined where that was not asked. */
  readonly isHere?: boolean;
  /** Refuse a release older than the one that serves: for deployments that nobody asked for by hand. */
  readonly notOlder?: boolean;
  readonly who: string;
  /** The address that user had logged in from. */
  readonly from?: string | undefined;
  readonly tagship: string;
  readonly now: Date;
  /** A few random letters: two plans of one second must not share a name. */
  readonly nonce: string;
}

/** The release a run brings, and where it comes from. */
export interface Target {
  readonly tag: string;
  readonly commit: string;
  readonly source: RollingInput['source'];
  /** Its Compose files; undefined for those of the present settings. */
  readonly compose?: readonly string[] | undefined;
  /** What it proved itself by when it was deployed, where that is known; the present settings otherwise. */
  readonly health: HealthConfig | undefined;
}

/**
 * Turns what was found into what will be done; pure.
 * @throws Problem, Refusals when it must not be done, naming every reason at once
 */
export function planRun(
  facts: HostFacts,
  request: DeployRequest,
  environment: EnvironmentConfig,
  tagFormat: string,
  backups?: Backups,
): DeployPlan {
  const { clone, compose } = facts;
  const unsettled = unsettledRun(facts);
  const previous = unsettled?.about.previous ?? presentState(facts, tagFormat);
  const withoutGit = request.method === 'image';
  const refusals = [
    // Where git has no part in it, what was edited in the checkout stays as it is, and the clone need not be sound.
    ...hostRefusals(facts, environment.path, request.environment).filter(
      ({ code }) => !(withoutGit && clone !== undefined && GITS_OWN.includes(code)),
    ),
    ...unseenRefusal(facts, environment, previous, tagFormat),
    // A way back must not need room.
    ...(request.kind === 'deploy' ? roomRefusals(facts, environment.preflight, request.now) : []),
  ];
  // What to deploy is only asked of a host that could be read at all.
  const isReadable = clone !== undefined && (clone.head !== undefined || withoutGit);
  const chosen = isReadable ? choose(facts, request, environment, tagFormat, backups) : undefined;
  const target = chosen instanceof Problem ? chosen : chosen?.target;
  refuseIfAny(target instanceof Problem ? [...refusals, target] : refusals);
  if (target === undefined || target instanceof Problem || clone === undefined || compose === undefined) {
    throw new TypeError('a host that cannot be deployed to was not refused');
  }
  const id = runId(request, target.tag);
  // Half a checkout that an interrupted run left is not an edit of anybody's; only git replaces edited files.
  const byGit = request.method === undefined || request.method === 'git';
  const edited = unsettled?.interrupted || !byGit ? [] : clone.dirty;
  const kept = edited.length === 0 ? undefined : `refs/tagship/kept/${id}`;
  const started = [previous.commit, ...(unsettled === undefined ? [] : [unsettled.about.commit])];
  const input: RollingInput = {
    ...target,
    previous,
    unsettled: unsettled !== undefined,
    below: releaseBelow(facts.history, request.kind, target.tag)?.images ?? imagesOfOther(previous, target.tag),
    head: clone.head ?? '',
    running: facts.containers.filter(isRunning).map(({ id }) => id),
    interrupted: unsettled?.interrupted ? unsettled.about : undefined,
    lastRun: facts.lastRun,
    commands: environment.commands,
    imagesFrom: environment.images,
    publicPorts: environment.preflight.public,
    isEdited: kept !== undefined,
    startedFrom: [...new Set([...started, ...(kept === undefined ? [] : [kept])])],
    previousHealth: healthOf(previous, environment.health),
    confirm: environment.confirm,
    backup: environment.backup,
  };
  const backup = chosen instanceof Problem ? undefined : chosen?.backup;
  const lists =
    backup !== undefined
      ? backupRollbackSteps(input, backup, environment.backup)
      : withoutGit
        ? imageRollbackSteps(input)
        : rollingSteps(input);
  const { kind, who, from, tagship } = request;
  const verb = kind === 'deploy' ? 'Deploy' : 'Roll back to';
  return {
    schema: 1,
    kind,
    id,
    title: `${verb} ${target.tag} on ${request.environment} (${facts.host}:${environment.path})${insteadOf(previous)}`,
    createdAt: request.now.toISOString(),
    steps: lists.forward.map(({ id, title, details }) => ({ id, title, ...(details && { details }) })),
    warnings: [
      ...planWarnings(facts, request, environment, { target, previous, unsettled, edited, kept }),
      ...unitWarnings(facts, request, target),
      ...lossWarnings(backup, backups),
    ],
    details: {
      host: facts.host,
      path: environment.path,
      state: `${clone.gitDir}/tagship`,
      compose: { program: compose, files: environment.compose },
      launch: facts.logoutKills ? 'systemd-run' : 'setsid',
      about: {
        schema: 1,
        run: id,
        kind,
        ...(withoutGit ? { method: 'image' as const } : {}),
        ...(backup === undefined ? {} : { method: 'backup' as const, backup: backup.path }),
        environment: request.environment,
        tag: target.tag,
        commit: target.commit,
        who,
        ...(from === undefined ? {} : { from }),
        tagship,
        compose: [...(target.compose ?? environment.compose)],
        health: target.health ?? null,
        previous,
      },
      confirm: environment.confirm,
      versions: {
        new: versionOfTag(tagFormat, target.tag),
        previous: previous.tag === undefined ? undefined : versionOfTag(tagFormat, previous.tag),
      },
      ...(target.source.from === 'push' ? { sent: target.source.object } : {}),
      ...lists,
    },
  };
}

/** What is to be shipped, and with a rollback that restores data the backup they are in. */
function choose(
  facts: HostFacts,
  request: DeployRequest,
  environment: EnvironmentConfig,
  tagFormat: string,
  backups: Backups | undefined,
): { readonly target: Target; readonly backup?: Backup } | Problem {
  if (backups !== undefined) return chooseBackup(facts, backups, request, environment, tagFormat);
  const chooseTarget = request.kind === 'deploy' ? chooseRelease : chooseRollback;
  const target = chooseTarget(facts, request, environment, tagFormat);
  return target instanceof Problem ? target : { target };
}

const GITS_OWN: readonly string[] = ['not-a-clone', 'empty-clone'];

function insteadOf(previous: Previous): string {
  if (previous.serving) return `, in place of ${nameOf(previous)}`;
  return previous.stopped ? `, in place of ${nameOf(previous)}, which is stopped` : ', the first deployment there';
}

/** Sorts by time, and is safe as a file name whatever the tag holds. */
function runId({ now, nonce }: DeployRequest, tag: string): string {
  const time = now.toISOString().replace(/[-:]|\.\d+/g, '');
  return `${time}-${tag.replace(/[^A-Za-z0-9.]+/g, '-')}-${nonce}`;
}

const isRunning = ({ state }: HostFacts['containers'][number]) => state === 'running' || state === 'restarting';

/** What runs now, however it got there: the checkout, and the images the containers were made from. */
function presentState(facts: HostFacts, tagFormat: string): Previous {
  const found = facts.clone?.head;
  // A clone that is broken does not tell; history does.
  const recorded = found === undefined ? releaseStack(facts.history).at(-1) : releaseAt(found, facts.history);
  const head = found ?? recorded?.checkout ?? '';
  const tag = recorded?.tag ?? highestRelease(tagFormat, facts.clone?.tagsHere ?? []);
  const serving = facts.containers.some(isRunning);
  const images = facts.containers.map(({ service, imageName: name, imageId: id }) => ({ service, name, id }));
  return {
    commit: head,
    ...(facts.clone?.branch === undefined ? {} : { branch: facts.clone.branch }),
    ...(tag === undefined ? {} : { tag }),
    serving,
    ...(!serving && facts.containers.length > 0 ? { stopped: true } : {}),
    ...(recorded?.withoutGit ? { withoutGit: true } : {}),
    ...(recorded?.compose === undefined ? {} : { compose: [...recorded.compose] }),
    ...(recorded?.health === undefined ? {} : { health: recorded.health }),
    images: [...new Map(images.map((image) => [`${image.service} ${image.name}`, image])).values()],
  };
}

/** Before there was a history, what ran may have been another release all the same. */
function imagesOfOther(previous: Previous, tag: string): Previous['images'] {
  return previous.tag === tag ? [] : previous.images;
}
