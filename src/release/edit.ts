import type { FileEdit } from './plan-types.ts';

/** A file of the version commit, as the plan keeps it. */
export const edit = (path: string, bytes: Buffer): FileEdit => ({ path, contentBase64: bytes.toString('base64') });
