import * as z from 'zod';
import { EXIT, Problem } from '../../core/problem.ts';
import type { Host } from '../../io/ports.ts';
import imagesScript from '../host/images.sh';
import type { DeployPlan } from '../plan-shape.ts';
import { runFolder } from '../upload.ts';
import type { LayerIds } from './layers.ts';

/** What the services of a release run, as the host's Compose reads it, and what the host has of it. */
export interface WantedImages {
  /** Name of the Compose project. */
  readonly project: string;
  /** `linux/arm64`. */
  readonly platform: string;
  readonly services: readonly WantedImage[];
  /** Images of these names that are there, by id. */
  readonly ids: ReadonlyMap<string, string>;
  /** Layers of all images there; undefined where every layer has to be sent. */
  readonly layers: readonly LayerIds[] | undefined;
}

export interface WantedImage {
  readonly service: string;
  readonly image: string;
  /** `shared`: another service builds it. */
  readonly source: 'build' | 'shared' | 'pull';
}

/** @throws Problem `images-unseen` */
export async function askForWanted(host: Host, plan: DeployPlan): Promise<WantedImages> {
  const { exitCode, stdout, stderr } = await host.run(imagesScript, { args: [runFolder(plan)] });
  if (exitCode === 0) return parseWanted(stdout);
  throw new Problem({
    code: 'images-unseen',
    what: `${host.name} does not tell which images it has`,
    why: stderr.trim(),
    fix: `on ${host.name}: docker version`,
    exit: EXIT.refused,
  });
}

export function parseWanted(text: string): WantedImages {
  const lines = text.split('\n').map((line) => line.split(' '));
  const all = (kind: string) => lines.filter(([first]) => first === kind).map(([, ...words]) => words);
  const layers = all('layers').map(
    (words) =>
      z
        .array(z.string())
        .nullable()
        .parse(JSON.parse(words.join(' '))) ?? [],
  );
  return {
    project: all('project')[0]?.[0] ?? '',
    platform: all('platform')[0]?.[0] ?? '',
    services: all('service').map(([service = '', image = '', build]) => ({
      service,
      image,
      source: build === 'build' || build === 'shared' ? build : 'pull',
    })),
    ids: new Map(all('image').map(([name = '', id = '']) => [name, id])),
    layers: all('omits').length > 0 ? layers : undefined,
  };
}
