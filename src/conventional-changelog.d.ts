// The preset ships no types of its own; these are the two parts used here.
declare module 'conventional-changelog-conventionalcommits' {
  import type { Options } from 'conventional-changelog-writer';
  import type { ParserOptions } from 'conventional-commits-parser';

  export default function createPreset(config?: Record<string, unknown>): { parser: ParserOptions; writer: Options };
}
