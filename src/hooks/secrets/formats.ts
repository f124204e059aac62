import type { Format } from './format.ts';
import { CLOUDS } from './formats-clouds.ts';
import { FORGES } from './formats-forges.ts';
import { KEYS } from './formats-keys.ts';
import { REQUESTS } from './formats-requests.ts';
import { SERVICES } from './formats-services.ts';

/** Every kind of credential the built-in scanner knows. */
export const FORMATS: readonly Format[] = [...FORGES, ...CLOUDS, ...SERVICES, ...REQUESTS, ...KEYS];
