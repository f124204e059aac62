import { describe, expect, it } from 'vitest';
import { readMessage } from '../../../src/hooks/message/read.ts';

const usual = { comment: '#', cleanup: 'default', edited: true };
const CUT = '------------------------ >8 ------------------------';

describe('the message in the file that git gives', () => {
  it('is without comments', () => {
    expect(readMessage('feat: x\n\n# On branch main\nbody\n# Changes:\n', usual)).toBe('feat: x\n\nbody');
  });

  it('ends at the scissors, whatever the diff below them says', () => {
    expect(readMessage(`feat: x\n# ${CUT}\n# Do not modify\ndiff --git a b\n+Breaking change: y\n`, usual)).toBe(
      'feat: x',
    );
  });

  it('keeps lines that look like comments when no editor was opened', () => {
    expect(readMessage('#12: x\n', { ...usual, edited: false })).toBe('#12: x');
  });

  it('loses them all the same when git is told to strip', () => {
    expect(readMessage('# 12\nfeat: x\n', { ...usual, edited: false, cleanup: 'strip' })).toBe('feat: x');
  });

  it.each(['whitespace', 'verbatim'])('keeps them in an editor when git cleans up by %s', (cleanup) => {
    expect(readMessage('# x\n', { ...usual, cleanup })).toBe('# x');
  });

  it('has the comments of core.commentChar', () => {
    expect(readMessage(`#1: x\n; hint\n; ${CUT}\n+y\n`, { ...usual, comment: ';' })).toBe('#1: x');
  });

  it('has the comments that git chose by itself, told by its own lines below', () => {
    expect(readMessage('#1: x\n\n; Please enter\n; On branch main\n', { ...usual, comment: 'auto' })).toBe('#1: x');
    expect(readMessage(`#1: x\n\n; Please\n; ${CUT}\n+ y\n`, { ...usual, comment: 'auto' })).toBe('#1: x');
  });

  it('has the comments of a whole word', () => {
    expect(readMessage('feat: x\n// hint\n', { ...usual, comment: '//' })).toBe('feat: x');
  });

  it('may have lines of Windows', () => {
    expect(readMessage('feat: x\r\n\r\nbody\r\n# hint\r\n', usual)).toBe('feat: x\n\nbody');
  });
});
